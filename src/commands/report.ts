import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { ExitCode } from "../exit.ts";
import type { Io } from "../io.ts";
import type { Plan } from "../plan/change.ts";
import { diagnosticJson, renderDiagnostics } from "../render/diagnostics.ts";
import { outcomesJson, renderOutcomes } from "../render/outcomes.ts";
import { planDocument, PLAN_FORMAT } from "../render/plan-json.ts";
import { renderPlanText } from "../render/plan-text.ts";

export type Format = "text" | "json" | "markdown" | "github";

/** What a run of `sync` has to say at its end, in whatever format. */
export interface SyncReport {
  readonly command: "sync --plan" | "sync --apply";
  readonly exit: ExitCode;
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan;
  readonly outcomes?: readonly Outcome[];
}

/** Writes the result to stdout and, but for JSON, what went wrong to stderr. */
export function report(
  result: SyncReport,
  { format, color }: { readonly format: Format; readonly color: boolean },
  io: Io,
): ExitCode {
  const { plan, outcomes, diagnostics } = result;
  if (format === "json") {
    io.stdout.write(`${JSON.stringify(reportDocument(result), null, 2)}\n`);
    return result.exit;
  }
  if (plan !== undefined && outcomes === undefined) io.stdout.write(renderPlanText(plan, { color }));
  if (outcomes !== undefined) io.stdout.write(renderOutcomes(outcomes));
  io.stderr.write(renderDiagnostics(diagnostics, "text", { color }));
  return result.exit;
}

function reportDocument({ command, exit, diagnostics, plan, outcomes }: SyncReport): Readonly<Record<string, unknown>> {
  return {
    report_format: PLAN_FORMAT,
    command,
    exit_code: exit,
    diagnostics: diagnostics.map(diagnosticJson),
    ...(plan === undefined ? {} : { plan: planDocument(plan) }),
    ...(outcomes === undefined ? {} : { outcomes: outcomesJson(outcomes) }),
  };
}
