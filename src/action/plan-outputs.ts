import { readFile } from "node:fs/promises";
import { answerAt, answerList, answerText } from "./github/answers.ts";

/** What the outputs of an action say about a plan. */
export interface PlanOutputs {
  readonly hasChanges: boolean;
  readonly hasDrift: boolean;
  /** One for each file whose plan has a hash. */
  readonly hashes: readonly string[];
  /** Whether every file was planned, and nothing is wrong. */
  readonly isWhole: boolean;
}

/** Actions that change nothing. */
const PASSIVE = new Set(["keep", "orphan"]);

/** Reads a report that this program has written. @returns undefined if there is none */
export async function readPlanOutputs(path: string): Promise<PlanOutputs | undefined> {
  try {
    return planOutputs(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

export function planOutputs(report: unknown): PlanOutputs {
  const runs = answerList(report, "runs");
  const changes = runs.flatMap((run) => answerList(run, "plan", "changes"));
  const problems = [report, ...runs].flatMap((part) => answerList(part, "diagnostics"));
  return {
    hasChanges: changes.some(
      (change) => !PASSIVE.has(answerText(change, "action") ?? "") && answerAt(change, "refused") === undefined,
    ),
    hasDrift: runs.some((run) => answerList(run, "plan", "drift").length > 0),
    hashes: runs.flatMap((run) => answerText(run, "plan", "hash") ?? []),
    isWhole:
      runs.length > 0 &&
      runs.every((run) => answerAt(run, "plan") !== undefined) &&
      changes.every((change) => answerAt(change, "refused") === undefined) &&
      problems.every((problem) => answerText(problem, "severity") !== "error"),
  };
}
