import { asAssumed, differs, NO_ANSWER, notSeen, type Assumption, type ProbeFinding } from "../assumption.ts";
import type { ProbeFacts, ProbeWait } from "../facts.ts";

/** The default of `--settle`, which is that of `--timeout`. */
const USUAL_SETTLE_SECONDS = 30;

function seenAtOnce(facts: ProbeFacts, wait: ProbeWait): ProbeFinding {
  const delay = facts.delay(wait);
  if (delay === undefined) return notSeen(NO_ANSWER);
  if (delay === 0) return asAssumed("the first read shows it");
  if (delay === "not-in-time") return differs("not seen in time", { todo: settleFor(4 * USUAL_SETTLE_SECONDS) });
  // Twice the measured time, since it may be longer another time.
  const seconds = Math.max(1, Math.ceil((2 * delay) / 1000));
  const todo =
    seconds <= USUAL_SETTLE_SECONDS
      ? `Nothing, as long as --settle and --timeout are ${seconds} s or more (usual: ${USUAL_SETTLE_SECONDS} s).`
      : settleFor(seconds);
  return differs(`after ${(delay / 1000).toFixed(1)} s`, { todo });
}

function settleFor(seconds: number): string {
  return `Apply with \`--settle ${seconds}\`.`;
}

const LATE =
  "Reads are behind writes. An interrupted creation is only found after a while, and a plan right after an apply may be wrong.";

/** How long reads are behind writes. */
export const TIMING: readonly Assumption[] = [
  {
    id: "get-sees-creation",
    assumed: "GET sees a creation at once",
    source: "not documented",
    sure: "L",
    check: (facts) => seenAtOnce(facts, "get"),
    means: LATE,
    todo: settleFor(4 * USUAL_SETTLE_SECONDS),
  },
  {
    id: "list-sees-creation",
    assumed: "The list sees a creation at once",
    source: "not documented",
    sure: "L",
    check: (facts) => seenAtOnce(facts, "list"),
    means: LATE,
    todo: settleFor(4 * USUAL_SETTLE_SECONDS),
  },
  {
    id: "reads-see-deletion",
    assumed: "GET and the list see a deletion at once",
    source: "not documented",
    sure: "L",
    check: (facts) => seenAtOnce(facts, "deletion"),
    means: "Reads are behind writes. A plan right after an apply may show what is deleted already.",
    todo: settleFor(4 * USUAL_SETTLE_SECONDS),
  },
];
