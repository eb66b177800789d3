import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { harmlessJson } from "../model/printable.ts";
import type { Plan } from "../plan/change.ts";
import { diagnosticJson } from "./diagnostics.ts";
import { outcomesJson } from "./outcomes.ts";
import { planDocument } from "./plan-json.ts";

/** Minor versions add fields, which readers ignore; a major version is another format, which readers refuse. */
const REPORT_FORMAT = "1.0";

export interface ReportInput {
  /** Undefined when the arguments could not be understood. */
  readonly command?: "sync --plan" | "sync --apply" | "refs" | "refs --check" | "refs --usages";
  readonly exit: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan;
  readonly outcomes?: readonly Outcome[];
  /** What only this command says. */
  readonly rest?: object;
}

/** What `--format json` prints, also when the run fails (schemas/report.schema.json). */
export function renderReportJson(input: ReportInput): string {
  return harmlessJson(reportDocument(input));
}

export function reportDocument({ command, exit, diagnostics, plan, outcomes, rest }: ReportInput): object {
  return {
    report_format: REPORT_FORMAT,
    ...(command === undefined ? {} : { command }),
    exit_code: exit,
    diagnostics: diagnostics.map(diagnosticJson),
    ...(plan === undefined ? {} : { plan: planDocument(plan) }),
    ...(outcomes === undefined ? {} : { outcomes: outcomesJson(outcomes) }),
    ...rest,
  };
}
