import type { EndReason } from "../exit.ts";
import { hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import type { Result } from "../model/integration.ts";
import { readCommandInputs, type CommandInputs, type InputsStop } from "./inputs.ts";
import { secretsOfIntegrations } from "./masks.ts";
import { nextAfterApply, nextAfterPlan } from "./next-step.ts";
import { checkReportFiles, type FilesInUse } from "./report-files.ts";
import type { Session } from "./session.ts";
import type { CommandStop } from "./stop.ts";
import { applyChanges, type SyncApplyOptions } from "./sync-apply.ts";
import { planChanges, type SyncPlanOptions } from "./sync-plan.ts";
import { placesInConfig, writeReport, type AppliedReport, type PlannedReport, type SyncReport } from "./sync-report.ts";

export type SyncOptions = SyncPlanOptions | SyncApplyOptions;

/** `sync --plan` and `sync --apply`: the result goes to stdout, all else to stderr. */
export async function sync(session: Session<SyncOptions>): Promise<readonly EndReason[]> {
  const read = await readCommandInputs(session);
  const unwritable = await checkReportFiles(session, filesInUse(read));
  if (unwritable.length > 0) return stopUnwritable(session, read, unwritable);
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

function filesInUse(read: Result<CommandInputs, InputsStop>): FilesInUse {
  if (!read.ok) return { lockfile: undefined, references: read.error.references };
  const { lock, written } = read.value;
  return { lockfile: lock.path, references: written.references };
}

/** Where the report can't be written as asked, it is on stdout alone. */
function stopUnwritable(
  session: Session<SyncOptions>,
  read: Result<CommandInputs, InputsStop>,
  unwritable: readonly Diagnostic[],
): Promise<readonly EndReason[]> {
  const found = read.ok ? read.value.warnings : read.error.diagnostics;
  const report = {
    kind: "stopped",
    reasons: ["invalid"],
    diagnostics: [...unwritable, ...found],
    plan: undefined,
  } as const;
  return writeReport({ ...session, options: { ...session.options, out: undefined } }, report);
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
    : applyChanges({ ...session, options }, { inputs, select: () => true });
}

const NO_KEY =
  "note: BUDDY_INTEGRATIONS_KEY is not set, so a rotated value isn't noticed; set it (`openssl rand -base64 32` makes one), or use lifecycle.rotate or --resend";

/** Values are here, and no key to fingerprint them with: a pull request without either need not hear of it. */
function cannotNoticeRotation({ key, integrations }: CommandInputs): boolean {
  return key === undefined && secretsOfIntegrations(integrations).some(({ known }) => known);
}
