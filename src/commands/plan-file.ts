import { resolve } from "node:path";
import { writeFileAtomic } from "../checkout/files.ts";
import { journalOf, runLockOf } from "../checkout/paths.ts";
import { findPipelineFiles } from "../checkout/pipeline-files.ts";
import { errorDiagnostic } from "../model/diagnostic.ts";
import { harmlessJson } from "../model/printable.ts";
import { success, type Result } from "../model/integration.ts";
import type { Plan } from "../plan/change.ts";
import { planDocument } from "../render/plan-json.ts";
import type { CommandInputs } from "./inputs.ts";
import { outputProblem, type OwnFile } from "./output-problem.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { stop, type CommandStop } from "./stop.ts";

export interface PlanFileOptions extends WorkspaceOptions {
  /** Where to write the plan. */
  readonly out: string | undefined;
  readonly expect: readonly string[];
}

/** The one device that is written to, and not replaced. */
const STDOUT = "/dev/stdout";

/** Whether the plan can be written where `--out` says, before anything is asked. */
export async function checkPlanFile(
  session: Session<PlanFileOptions>,
  inputs: CommandInputs,
): Promise<Result<void, CommandStop>> {
  const { io, options } = session;
  if (options.out === undefined || options.out === STDOUT) return success(undefined);
  const problem = await outputProblem(io, options.out, await ownFiles(session, inputs));
  return problem === undefined ? success(undefined) : stop("invalid", problem);
}

export async function writePlanFile(
  { io, options: { out } }: Session<PlanFileOptions>,
  plan: Plan,
): Promise<Result<void, CommandStop>> {
  if (out === undefined) return success(undefined);
  const text = harmlessJson(planDocument(plan));
  if (out === STDOUT) {
    io.stdout.write(text);
    return success(undefined);
  }
  const written = await writeFileAtomic(resolve(io.cwd, out), text, 0o600);
  if (written.ok) return written;
  return stop("invalid", errorDiagnostic("unwritable", `${out} can't be written: ${written.error.message}`));
}

async function ownFiles(
  { io, options }: Session<PlanFileOptions>,
  { lock, written }: CommandInputs,
): Promise<readonly OwnFile[]> {
  const { BUDDY_TOKEN_FILE: token } = io.env;
  const values = written.references.flatMap((name) => io.env[`${name}_FILE`] || []);
  const pipelines = (await findPipelineFiles(io.cwd)).files;
  return [
    { path: options.file, what: "the file with the desired state" },
    { path: lock.path, what: "the lockfile" },
    { path: journalOf(lock.path), what: "the journal" },
    { path: runLockOf(lock.path), what: "the lock of a run" },
    ...options.secretsFiles.map((path) => ({ path, what: "a secrets file" })),
    ...(token ? [{ path: token, what: "the file with the token" }] : []),
    ...values.map((path) => ({ path, what: "the file with a variable's value" })),
    ...options.expect.map((path) => ({ path, what: "the reviewed plan of --expect" })),
    ...pipelines.map((path) => ({ path, what: "a pipeline file" })),
  ];
}
