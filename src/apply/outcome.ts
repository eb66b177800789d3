import type { ApiFailure } from "../api/client.ts";
import { isOutcomeUnknown } from "../api/unknown-outcome.ts";
import type { HashId } from "../model/integration.ts";
import type { Change } from "../plan/change.ts";

/** The result of a planned change. */
export type Outcome = { readonly change: Change } & (
  | {
      readonly kind: "done";
      /** The hash that the key has now. */
      readonly hashId: HashId;
      /** Differences between what was sent and what the server returned. */
      readonly remarks: readonly string[];
    }
  /**
   * Refused by the server, or failed before that; nothing of it was done. Or the response to an update or a deletion was
   * lost: the next run compares again.
   */
  | { readonly kind: "failed"; readonly cause: FailureCause }
  /** The response to a creation was lost, so it isn't known whether it was done. The journal holds it. */
  | { readonly kind: "unknown"; readonly cause: FailureCause }
  /** The plan refuses it. */
  | { readonly kind: "refused" }
  /** The run was interrupted before, or the server refused its token. */
  | { readonly kind: "not-started" }
);

export type FailureCause =
  | { readonly kind: "api"; readonly failure: ApiFailure; readonly hint?: string }
  /** The workspace or this machine isn't in the state that the plan needs. */
  | { readonly kind: "state"; readonly message: string; readonly hint?: string };

/** Whether an update may have been done although it failed. The lockfile then says less about what was sent. */
export function isInDoubt(outcome: Outcome): boolean {
  if (outcome.kind !== "failed" || outcome.change.action !== "update") return false;
  const { cause } = outcome;
  return cause.kind === "api" && isOutcomeUnknown(cause.failure);
}

export function stateCause(message: string, hint?: string): FailureCause {
  return { kind: "state", message, ...(hint === undefined ? {} : { hint }) };
}
