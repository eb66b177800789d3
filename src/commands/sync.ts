import type { EndReason } from "../exit.ts";
import { hasErrors } from "../model/diagnostic.ts";
import type { Result } from "../model/integration.ts";
import { readCommandInputs, type CommandInputs } from "./inputs.ts";
import { secretsOfIntegrations } from "./masks.ts";
import { nextAfterApply, nextAfterPlan } from "./next-step.ts";
import type { Session } from "./session.ts";
import type { CommandStop } from "./stop.ts";
import { applyChanges, type SyncApplyOptions } from "./sync-apply.ts";
import { planChanges, type SyncPlanOptions } from "./sync-plan.ts";
import { placesInConfig, writeReport, type AppliedReport, type PlannedReport, type SyncReport } from "./sync-report.ts";

export type SyncOptions = SyncPlanOptions | SyncApplyOptions;

/** `sync --plan` and `sync --apply`: the result goes to stdout, all else to stderr. */
export async function sync(session: Session<SyncOptions>): Promise<readonly EndReason[]> {
  const read = await readCommandInputs(session);
  if (!read.ok) return writeReport(session, { kind: "stopped", ...read.error });
  const inputs = read.value;
  if (cannotNoticeRotation(inputs)) session.console.note(NO_KEY);
  const ended = await planOrApply(session, inputs);
  const report: SyncReport = ended.ok ? ended.value : { kind: "stopped", ...ended.error };
  const diagnostics = [...inputs.warnings, ...report.diagnostics];
  const reasons = await writeReport(session, { ...report, diagnostics }, placesInConfig(inputs.written));
  sayNext(session, report, inputs);
  return reasons;
}

/** In logs for people; a document has all that a program needs. An error says itself what to do. */
function sayNext({ console, options }: Session<SyncOptions>, report: SyncReport, { lock }: CommandInputs): void {
  if (options.format !== "text" || report.kind === "stopped" || hasErrors(report.diagnostics)) return;
  const next =
    report.kind === "applied"
      ? nextAfterApply(report.outcomes, { lockfile: lock.name, options })
      : options.mode === "plan" && nextAfterPlan(report, options);
  if (next !== false) console.note(`Next: ${next}`);
}

function planOrApply(
  session: Session<SyncOptions>,
  inputs: CommandInputs,
): Promise<Result<PlannedReport | AppliedReport, CommandStop>> {
  const { options } = session;
  return options.mode === "plan"
    ? planChanges({ ...session, options }, inputs)
    : applyChanges({ ...session, options }, { inputs, select: () => true, access: "read-write" });
}

const NO_KEY =
  "note: BUDDY_INTEGRATIONS_KEY is not set, so a rotated value isn't noticed; set it (`openssl rand -base64 32` makes one), or use lifecycle.rotate or --resend";

/** Values are here, and no key to fingerprint them with: a pull request without either need not hear of it. */
function cannotNoticeRotation({ key, integrations }: CommandInputs): boolean {
  return key === undefined && secretsOfIntegrations(integrations).some(({ known }) => known);
}
