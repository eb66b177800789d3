import { resolve } from "node:path";
import { writeFileAtomic } from "../checkout/files.ts";
import { journalOf, lockfileOf, runLockOf } from "../checkout/paths.ts";
import { findPipelineFiles } from "../checkout/pipeline-files.ts";
import { errorDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { outputProblem, type OwnFile } from "./output-problem.ts";
import type { Session, WorkspaceOptions } from "./session.ts";

export interface ReportFilesOptions extends WorkspaceOptions {
  /** Where to write the report, as JSON. */
  readonly out: string | undefined;
  readonly expect: readonly string[];
}

/** What the report must not be written to, besides what the options name. */
export interface FilesInUse {
  /** The lockfile, where it is known to be: else it is where the options say. */
  readonly lockfile: string | undefined;
  /** Variables that the file refers to: their values may be in files. */
  readonly references: readonly string[];
}

/** The one device that is written to, and not replaced. */
const STDOUT = "/dev/stdout";

/** Why the report can't be written where the options say; looked at before anything is asked. */
export async function checkReportFiles(
  session: Session<ReportFilesOptions>,
  inUse: FilesInUse,
): Promise<readonly Diagnostic[]> {
  const { io, options } = session;
  const { out } = options;
  if (out === undefined || out === STDOUT) return [];
  const problem = await outputProblem(io, out, await ownFiles(session, inUse));
  return problem === undefined ? [] : [problem];
}

/** @param text the report as JSON @returns why it isn't there */
export async function writeReportFiles(
  { io, options: { out } }: Session<ReportFilesOptions>,
  text: string,
): Promise<readonly Diagnostic[]> {
  if (out === undefined) return [];
  if (out === STDOUT) {
    io.stdout.write(text);
    return [];
  }
  const written = await writeFileAtomic(resolve(io.cwd, out), text, 0o600);
  return written.ok ? [] : [errorDiagnostic("unwritable", `${out} can't be written: ${written.error.message}`)];
}

async function ownFiles({ io, options }: Session<ReportFilesOptions>, inUse: FilesInUse): Promise<readonly OwnFile[]> {
  const { BUDDY_TOKEN_FILE: token } = io.env;
  const values = inUse.references.flatMap((name) => io.env[`${name}_FILE`] || []);
  const pipelines = (await findPipelineFiles(io.cwd)).files;
  const lockfile = inUse.lockfile ?? options.lockfile ?? lockfileOf(options.file);
  return [
    { path: options.file, what: "the file with the desired state" },
    { path: lockfile, what: "the lockfile" },
    { path: journalOf(lockfile), what: "the journal" },
    { path: runLockOf(lockfile), what: "the lock of a run" },
    ...options.secretsFiles.map((path) => ({ path, what: "a secrets file" })),
    ...(token ? [{ path: token, what: "the file with the token" }] : []),
    ...values.map((path) => ({ path, what: "the file with a variable's value" })),
    ...options.expect.map((path) => ({ path, what: "the reviewed plan of --expect" })),
    ...pipelines.map((path) => ({ path, what: "a pipeline file" })),
  ];
}
