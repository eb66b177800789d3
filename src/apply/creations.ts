import type { LiveIntegration, Payload, Result } from "../model/integration.ts";
import { failure } from "../model/integration.ts";
import type { Create, Replace } from "../plan/change.ts";
import { lockedLifecycle } from "../plan/compare/lock-entry.ts";
import { createPayload, replacementPayload } from "../plan/decide/payload.ts";
import { originalIdentifier, temporaryIdentifier } from "../plan/match/temporary-identifier.ts";
import { answerRemarks, managedPaths } from "./apply-state.ts";
import { createOnce } from "./create-once.ts";
import { IdentifierSwap } from "./identifier-swap.ts";
import {
  apiFailure,
  completed,
  pendingFailure,
  stateFailure,
  type ApplyContext,
  type StepFailure,
  type StepResult,
} from "./step.ts";

export async function applyCreate(change: Create, context: ApplyContext): Promise<StepResult> {
  const { state } = context;
  const { key, identifier, supersedes } = change;
  if (change.pending.length > 0) return pendingFailure(change.pending);
  const desired = state.desired(key);
  const made = await createSafely(change, createPayload(desired, identifier), undefined, context);
  if (!made.ok) return made;
  const previous = state.entryWithoutValues(key);
  state.record(key, { live: made.value, sent: managedPaths(desired), origin: "created", supersedes, previous });
  return completed(made.value.hashId, answerRemarks(desired, made.value, { identifier }));
}

/**
 * The old one is set aside under a temporary identifier, so that the new one can have its identifier. The old
 * one stays until `--prune`. If the new one can't be created, the old one gets its identifier back.
 */
export async function applyReplace(change: Replace, context: ApplyContext): Promise<StepResult> {
  const { state, tools } = context;
  const { key, hash_id: hashId, identifier } = change;
  if (change.pending.length > 0) return pendingFailure(change.pending);
  const desired = state.desired(key);
  const old = state.live(hashId);
  const entry = state.entry(key);
  const original = originalIdentifier(old) ?? old.identifier ?? identifier;
  const swap = new IdentifierSwap(old, temporaryIdentifier(identifier, hashId), original, tools.api);
  const made = await createSafely(change, replacementPayload(desired, old, identifier), swap, context);
  if (!made.ok) {
    if (!swap.mayBeSetAside) return made;
    const { kind, cause } = made.error;
    // The cause already says that a person has to decide.
    if (kind === "unknown" && cause.kind === "state" && cause.hint !== undefined) return made;
    const remedy =
      kind === "unknown"
        ? `the new integration may exist, and the old one, ${hashId}, has a temporary identifier; the next apply looks for the new one and finishes the replacement`
        : `the old integration ${hashId} may still have its temporary identifier; the next apply fixes that`;
    return failure({ kind, cause: { ...cause, hint: remedy } });
  }
  const previous = { ...entry, lastSent: new Map() };
  state.record(key, {
    live: made.value,
    sent: managedPaths(desired),
    origin: "created",
    supersedes: [hashId],
    previous,
  });
  return completed(made.value.hashId, answerRemarks(desired, made.value, { identifier }));
}

async function createSafely(
  { key, identifier }: Create | Replace,
  payload: Payload,
  swap: IdentifierSwap | undefined,
  { state, freshList, unanswered, tools }: ApplyContext,
): Promise<Result<LiveIntegration, StepFailure>> {
  const desired = state.desired(key);
  const nameValue = desired.fields.get("name");
  const name = typeof nameValue === "string" ? nameValue : undefined;
  const before = await freshList.readBefore(desired, { identifier, name });
  if (!before.ok) return failure(apiFailure(before.error));
  const { known, alike, appeared } = before.value;
  if (appeared !== undefined) {
    const message = `an integration with the identifier ${identifier} has appeared since the plan was made (${appeared})`;
    return stateFailure(message, "run the command again");
  }
  return createOnce(
    {
      target: state.target,
      key,
      identifier,
      identity: desired,
      lifecycle: lockedLifecycle(desired.lifecycle),
      payload,
      swap,
      name,
      alike,
    },
    {
      ...tools,
      unanswered,
      isTaken: (hashId) => known.has(hashId) || freshList.isCreated(hashId),
      take: (hashId) => freshList.addCreated(hashId),
    },
  );
}
