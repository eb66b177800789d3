import type { Assumption, Certainty } from "./assumption.ts";
import { ASSUMPTIONS } from "./assumptions/all.ts";
import type { ProbeFacts } from "./facts.ts";

/** An assumption, with what a probe has seen. It has no data of the workspace. */
export interface ProbeRow {
  readonly id: string;
  readonly assumed: string;
  readonly source: string;
  readonly sure: Certainty;
  readonly result: "as assumed" | "differs" | "not seen";
  /** What was seen, or why nothing was. */
  readonly seen: string;
  /** `means` and `todo`: only if the result is `differs`. */
  readonly means?: string;
  readonly todo?: string;
}

export function probeRows(facts: ProbeFacts): readonly ProbeRow[] {
  return ASSUMPTIONS.map((each) => rowOf(each, facts));
}

function rowOf({ id, assumed, source, sure, check, means, todo }: Assumption, facts: ProbeFacts): ProbeRow {
  const found = check(facts);
  const head = { id, assumed, source, sure };
  switch (found.kind) {
    case "as-assumed":
      return { ...head, result: "as assumed", seen: found.seen };
    case "not-seen":
      return { ...head, result: "not seen", seen: found.why };
    case "differs":
      return {
        ...head,
        result: "differs",
        seen: found.seen,
        means: found.means ?? means,
        todo: found.todo ?? todo,
      };
    default:
      return found satisfies never;
  }
}
