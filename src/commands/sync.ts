import type { EndReason } from "../exit.ts";
import { hasErrors, type Diagnostic } from "../model/diagnostic.ts";
import type { Result } from "../model/integration.ts";
import type { SyncApplyOptions } from "./sync/apply-options.ts";
import type { FileEnds } from "./sync/file-ends.ts";
import { filesInUse, namedFiles, openFiles, problemsOfRun, type FileRun, type OpenedFile } from "./sync/file-runs.ts";
import type { CommandInputs } from "./inputs/inputs.ts";
import { secretsOfIntegrations } from "./inputs/masks.ts";
import { hasNewHash, nextAfterApply, nextAfterFiles, nextAfterPlan } from "./sync/next-step.ts";
import { checkReportFiles } from "./sync/report-files.ts";
import type { Session } from "./session.ts";
import type { CommandStop } from "./stop.ts";
import { applyFiles } from "./sync/sync-apply.ts";
import { planFiles, type SyncPlanOptions } from "./sync/sync-plan.ts";
import {
  placesInConfig,
  writeReport,
  type AppliedReport,
  type FileEnd,
  type PlannedReport,
  type SyncReport,
} from "./sync/sync-report.ts";

export type SyncOptions = SyncPlanOptions | SyncApplyOptions;

/**
 * `plan` and `apply`: the result goes to stdout, everything else to stderr. There is one report and one exit code for
 * all files.
 */
export async function sync(session: Session<SyncOptions>): Promise<readonly EndReason[]> {
  const named = await namedFiles(session);
  if (!named.ok) {
    const { options } = session;
    // Write no report file: without the list of files, it isn't known which files a report must not overwrite.
    const nowhere = { ...session, options: { ...options, out: undefined, reports: [] } };
    return writeReport(nowhere, { diagnostics: [named.error], reasons: ["invalid"], files: [] });
  }
  const opened = await openFiles(session, named.value);
  const unwritable = await checkReportFiles(session, filesInUse(opened));
  if (unwritable.length > 0) {
    // Write the report to stdout only.
    const nowhere = { ...session, options: { ...session.options, out: undefined, reports: [] } };
    return writeReport(nowhere, stoppedRun(opened, unwritable));
  }
  const problems = problemsOfRun(opened);
  if (problems.length > 0) return writeReport(session, stoppedRun(opened, problems));
  const runs = opened.flatMap(({ read, ...run }) => (read.ok ? [{ ...run, inputs: read.value }] : []));
  if (runs.some(({ inputs }) => cannotNoticeRotation(inputs))) session.console.note(NO_KEY);
  const unreadable = opened.flatMap(({ file, read }) => (read.ok ? [] : [file]));
  const { whole, ends } = await planOrApply(session, runs, unreadable);
  const ended = ends.values();
  const files = opened.map((each) => fileEnd(each, each.read.ok ? ended.next().value : undefined));
  const { diagnostics = [], reasons = [] } = whole ?? {};
  const all = await writeReport(session, { diagnostics, reasons, files });
  sayNext(session, files, runs);
  return all;
}

/** The end of a run that planned none of its files. */
function stoppedRun(opened: readonly OpenedFile<SyncOptions>[], diagnostics: readonly Diagnostic[]) {
  const files = opened.map((each): FileEnd => {
    const found = each.read.ok ? each.read.value.warnings : each.read.error.diagnostics;
    const report = { kind: "stopped", reasons: ["invalid"], diagnostics: found, plan: undefined } as const;
    return { file: each.file, report, placeOf: placesOf(each) };
  });
  return { diagnostics, reasons: ["invalid"] as const, files };
}

function fileEnd(
  opened: OpenedFile<SyncOptions>,
  end: Result<PlannedReport | AppliedReport, CommandStop> | undefined,
): FileEnd {
  const { file, read } = opened;
  const placeOf = placesOf(opened);
  if (!read.ok) return { file, placeOf, report: { kind: "stopped", ...read.error } };
  if (end === undefined) throw new Error(`${file} has no end`);
  const report: SyncReport = end.ok ? end.value : { kind: "stopped", ...end.error };
  return { file, placeOf, report: { ...report, diagnostics: [...read.value.warnings, ...report.diagnostics] } };
}

function placesOf({ read }: OpenedFile<SyncOptions>): FileEnd["placeOf"] {
  return read.ok ? placesInConfig(read.value.written) : () => undefined;
}

/** Prints the next step, in text only: a program finds everything in the document, and each error has its own hint. */
function sayNext(
  { console, options }: Session<SyncOptions>,
  files: readonly FileEnd[],
  runs: readonly FileRun<SyncOptions>[],
): void {
  const isClear = files.every(({ report }) => report.kind !== "stopped" && !hasErrors(report.diagnostics));
  const [only] = files;
  const [run] = runs;
  if (options.format !== "text" || !isClear || only === undefined || run === undefined) return;
  const { report } = only;
  const next =
    files.length > 1
      ? nextAfterFiles(
          options,
          files.map(({ report: each }, index) => ({ report: each, options: runs[index]?.session.options ?? options })),
        )
      : report.kind === "applied"
        ? nextAfterApply(report.outcomes, {
            lockfile: run.inputs.lock.name,
            file: run.session.options.file,
            withNewHashes: report.outcomes.some(hasNewHash) ? [run.session.options] : [],
          })
        : report.kind === "planned" && options.mode === "plan" && nextAfterPlan(report, options);
  if (next !== false && next !== "") console.note(`Next: ${next}`);
}

function planOrApply(
  session: Session<SyncOptions>,
  runs: readonly FileRun<SyncOptions>[],
  unreadable: readonly string[],
): Promise<FileEnds<PlannedReport | AppliedReport>> {
  const { options } = session;
  const own = <Options extends SyncOptions>(given: Options): FileRun<Options>[] =>
    runs.map((run) => {
      const { file, lockfile } = run.session.options;
      return { ...run, session: { ...run.session, options: { ...given, file, lockfile } } };
    });
  return options.mode === "plan"
    ? planFiles({ ...session, options }, own(options), unreadable)
    : applyFiles({ ...session, options }, own(options), unreadable);
}

const NO_KEY =
  "note: BUDDY_INTEGRATIONS_KEY is not set, so a rotated value isn't noticed; set it (`openssl rand -base64 32` makes one), or use lifecycle.rotate or --resend";

/** Whether values are set but no key to fingerprint them. In a pull request that has neither, there is no note. */
function cannotNoticeRotation({ key, integrations }: CommandInputs): boolean {
  return key === undefined && secretsOfIntegrations(integrations).some(({ known }) => known);
}
