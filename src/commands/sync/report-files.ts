import { resolve } from "node:path";
import { writeFileAtomic } from "../../checkout/files.ts";
import { isSameFile } from "../../checkout/same-file.ts";
import { journalOf, runLockOf } from "../../checkout/paths.ts";
import { findPipelineFiles } from "../../checkout/pipeline-files.ts";
import type { Io } from "../../io.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { outputProblem, type OwnFile } from "./output-problem.ts";
import { reportKindOf, type ReportKind } from "./report-kind.ts";
import type { Session, WorkspaceOptions } from "../session.ts";

export interface ReportFilesOptions extends WorkspaceOptions {
  /** Where to write the report, as JSON. */
  readonly out: string | undefined;
  /** More files to write it to. The ending of each name decides the format. */
  readonly reports: readonly string[];
  readonly expect: readonly string[];
}

/** A file of desired state, and the files that belong to it. */
export interface FileInUse {
  readonly file: string;
  readonly lockfile: string;
  /** Variables that the file refers to. Their values may be in files. */
  readonly references: readonly string[];
}

/** The only device that a report may be written to. It is written to directly, not replaced. */
const STDOUT = "/dev/stdout";

interface ReportFile {
  readonly name: string;
  readonly kind: ReportKind;
}

function reportFiles({ out, reports }: Pick<ReportFilesOptions, "out" | "reports">): ReportFile[] {
  return [
    ...(out === undefined ? [] : [{ name: out, kind: "json" as const }]),
    ...reports.map((name) => ({ name, kind: reportKindOf(name) ?? ("json" as const) })),
  ];
}

/** Why a report can't be written to the named files. Checked before any request is sent. */
export async function checkReportFiles(
  session: Session<ReportFilesOptions>,
  inUse: readonly FileInUse[],
): Promise<readonly Diagnostic[]> {
  const { io, options } = session;
  const names = reportFiles(options).flatMap(({ name }) => (name === STDOUT ? [] : [name]));
  if (names.length === 0) return [];
  const own = await ownFiles(session, inUse);
  const problems: Diagnostic[] = [];
  for (const [index, name] of names.entries()) {
    const problem = await outputProblem(io, name, own);
    const isTwice = await isAmong(io, name, names.slice(0, index));
    if (problem !== undefined) problems.push(problem);
    else if (isTwice) problems.push(errorDiagnostic("unwritable", `${name} can't be written: it is named twice`));
  }
  return problems;
}

async function isAmong({ cwd }: Pick<Io, "cwd">, name: string, names: readonly string[]): Promise<boolean> {
  for (const other of names) {
    const [one, two] = [resolve(cwd, name), resolve(cwd, other)];
    if (one === two || (await isSameFile(one, two))) return true;
  }
  return false;
}

/** Writes the report to each file. @param render makes the text of a kind @returns why a file could not be written */
export async function writeReportFiles(
  { io, options }: { readonly io: Io; readonly options: Pick<ReportFilesOptions, "out" | "reports"> },
  render: (kind: ReportKind) => string,
): Promise<readonly Diagnostic[]> {
  const problems: Diagnostic[] = [];
  for (const { name, kind } of reportFiles(options)) {
    if (name === STDOUT) {
      io.stdout.write(render(kind));
      continue;
    }
    const written = await writeFileAtomic(resolve(io.cwd, name), render(kind), 0o600);
    if (!written.ok) problems.push(errorDiagnostic("unwritable", `${name} can't be written: ${written.error.message}`));
  }
  return problems;
}

async function ownFiles(
  { io, options }: Session<ReportFilesOptions>,
  inUse: readonly FileInUse[],
): Promise<readonly OwnFile[]> {
  const { BUDDY_TOKEN_FILE: token } = io.env;
  const references = new Set(inUse.flatMap((each) => each.references));
  const values = [...references].flatMap((name) => io.env[`${name}_FILE`] || []);
  const pipelines = (await findPipelineFiles(io.cwd)).files;
  return [
    ...inUse.flatMap(({ file, lockfile }) => [
      { path: file, what: "the file with the desired state" },
      { path: lockfile, what: "the lockfile" },
      { path: journalOf(lockfile), what: "the journal" },
      { path: runLockOf(lockfile), what: "the lock of a run" },
    ]),
    ...options.secretsFiles.map((path) => ({ path, what: "a secrets file" })),
    ...(token ? [{ path: token, what: "the file with the token" }] : []),
    ...values.map((path) => ({ path, what: "the file with a variable's value" })),
    ...options.expect.map((path) => ({ path, what: "the reviewed plan of --expect" })),
    ...pipelines.map((path) => ({ path, what: "a pipeline file" })),
  ];
}
