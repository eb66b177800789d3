import { readFile, writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { join, resolve } from "node:path";
import { isRecord } from "../model/json.ts";
import { failure, success, type Result } from "../model/integration.ts";
import { answerAt, answerList } from "./github/answers.ts";
import type { ActionJob } from "./job.ts";
import type { ProgramArguments } from "./program-arguments.ts";

/** Makes a plan with everything that an apply would do now. */
export async function makeFreshPlan(
  job: ActionJob,
  { options }: ProgramArguments,
  file: string,
): Promise<Result<void, string>> {
  await job.program(["plan", ...options, "--quiet", "--format", "json", "--out", file], "capture");
  return (await readReport(file)) === undefined ? failure("the plan failed: see the log above") : success(undefined);
}

/** `--expect` for each plan that somebody has reviewed or approved; if there is none, for a plan without changes. */
export async function expectOptions(
  job: ActionJob,
  given: ProgramArguments,
  reviewed: readonly string[],
): Promise<Result<readonly string[], string>> {
  const approved = job.input("approved-plan");
  if (approved !== "") return expectApproved(job, resolve(job.io.cwd, approved), reviewed);
  if (reviewed.length > 0) return success(expect(reviewed));
  const file = join(job.folder, "fresh.json");
  const fresh = await makeFreshPlan(job, given, file);
  if (!fresh.ok) return fresh;
  const nothing = join(job.folder, "nothing-reviewed.json");
  await writeFile(nothing, JSON.stringify(withoutChanges(await readReport(file))), { mode: 0o600 });
  return success(expect([nothing]));
}

/** The approved plan, and the reviewed ones with the same workspace and flags: an apply refuses any other `--expect`. */
async function expectApproved(
  { log }: ActionJob,
  approved: string,
  reviewed: readonly string[],
): Promise<Result<readonly string[], string>> {
  const report = await readReport(approved);
  if (report === undefined) return failure(`${approved} (approved-plan) isn't the report of a plan`);
  const alike: string[] = [];
  for (const file of reviewed) {
    if (haveSameConditions(report, await readReport(file))) alike.push(file);
    else
      log.notice("the plan of a merged pull request is ignored: it was made with other options than the approved plan");
  }
  return success(expect([approved, ...alike]));
}

function expect(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => ["--expect", file]);
}

function haveSameConditions(one: unknown, other: unknown): boolean {
  const conditions = (report: unknown): unknown =>
    answerList(report, "runs").map((run) => [
      answerAt(run, "file"),
      ...["api", "workspace", "flags", "offline", "empty_lock"].map((name) => answerAt(run, "plan", name)),
    ]);
  return isDeepStrictEqual(conditions(one), conditions(other));
}

/** The report of a plan, without its changes. With `--expect` it means that nothing was reviewed. */
function withoutChanges(report: unknown): unknown {
  if (!isRecord(report)) return report;
  const runs = answerList(report, "runs").map((run) => {
    if (!isRecord(run) || !isRecord(run["plan"])) return run;
    const { hash: _, ...plan } = run["plan"];
    return { ...run, diagnostics: [], plan: { ...plan, changes: [], unsent: [], drift: [] } };
  });
  return { ...report, diagnostics: [], runs };
}

async function readReport(file: string): Promise<unknown> {
  try {
    const report: unknown = JSON.parse(await readFile(file, "utf8"));
    return answerList(report, "runs").length > 0 ? report : undefined;
  } catch {
    return undefined;
  }
}
