import type { ProbeFacts } from "./facts.ts";

/** How certain an assumption is. `H`: two sources, or the vendor's own live tests; `M`: one page; `L`: inferred. */
export type Certainty = "H" | "M" | "L";

/** The result of a check. `seen` has only words and numbers that say nothing about the workspace. */
export type ProbeFinding =
  | { readonly kind: "as-assumed"; readonly seen: string }
  | {
      readonly kind: "differs";
      readonly seen: string;
      /** Replaces the row's own text, if the meaning depends on what was seen. */
      readonly means?: string;
      readonly todo?: string;
    }
  | { readonly kind: "not-seen"; readonly why: string };

/** One assumption about Buddy. `docs/emulator.md` has the same rows. */
export interface Assumption {
  /** Stable, since reports name it. */
  readonly id: string;
  readonly assumed: string;
  readonly source: string;
  readonly sure: Certainty;
  readonly check: (facts: ProbeFacts) => ProbeFinding;
  /** What a difference means for a user. */
  readonly means: string;
  /** What to do about a difference. */
  readonly todo: string;
}

export function asAssumed(seen: string): ProbeFinding {
  return { kind: "as-assumed", seen };
}

export function differs(seen: string, instead: { readonly means?: string; readonly todo?: string } = {}): ProbeFinding {
  return { kind: "differs", seen, ...instead };
}

export function notSeen(why: string): ProbeFinding {
  return { kind: "not-seen", why };
}

/** The usual result of a check. */
export function finding(isAsAssumed: boolean, seen: string): ProbeFinding {
  return isAsAssumed ? asAssumed(seen) : differs(seen);
}

export const NOT_CREATED = "the integration for this check wasn't created";
export const NO_ANSWER = "its request had no answer, or wasn't sent";
export const NOTHING_TO_DO = "Nothing: this tool is right either way.";
