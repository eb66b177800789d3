import { isOutcomeUnknown } from "../api/unknown-outcome.ts";
import type { HashId, IntegrationWithIds, Key } from "../model/integration.ts";
import { failure } from "../model/integration.ts";
import type { Adopt, Change, Delete, LockRecord, Rename, Update } from "../plan/change.ts";
import { apiField, comparableDesired } from "../plan/compare/comparable.ts";
import { updatePayload } from "../plan/decide/payload.ts";
import { answerRemarks, type ApplyState } from "./apply-state.ts";
import { applyCreate, applyReplace } from "./creations.ts";
import { apiFailure, completed, pendingFailure, stateFailure, type ApplyContext, type StepResult } from "./step.ts";

/** Carries out one change, and records it in the state. */
export async function carryOutChange(change: Change, context: ApplyContext): Promise<StepResult> {
  switch (change.action) {
    case "rename":
      return applyRename(change, context);
    case "record":
      return applyRecord(change, context);
    case "adopt":
      return applyAdopt(change, context);
    case "update":
      return applyUpdate(change, context);
    case "create":
      return applyCreate(change, context);
    case "replace":
      return applyReplace(change, context);
    case "delete":
      return applyDelete(change, context);
    case "forget":
      context.state.forget(change.key);
      return completed(change.hash_id);
    case "conflict":
    case "orphan":
    case "keep":
      throw new Error(`${change.action} of ${change.key} can't be carried out`);
    default:
      return change satisfies never;
  }
}

function applyRename({ from, key, hash_id: hashId }: Rename, { state }: ApplyContext): StepResult {
  state.rename(from, key);
  return completed(hashId);
}

function applyRecord({ key, hash_id: hashId, basis, details }: LockRecord, { state }: ApplyContext): StepResult {
  if (basis === "assumed") state.assume(key);
  else if (state.isThere(hashId) && state.isWanted(key)) recordSeen(key, hashId, details, state);
  // What the journal says about other keys is in the state from the start.
  else if (basis !== "journal") state.recordLifecycle(key);
  return completed(hashId);
}

function recordSeen(key: Key, hashId: HashId, details: LockRecord["details"], state: ApplyState): void {
  const previous = state.entry(key);
  state.recordKnown(key, state.live(hashId), new Set());
  // Only a change that sends the values again may record a new `lifecycle.rotate`.
  if (!details.some(({ path }) => path === "lifecycle.rotate")) state.keepRotation(key, previous);
}

function applyAdopt({ key, hash_id: hashId, origin, supersedes }: Adopt, { state }: ApplyContext): StepResult {
  const previous = state.entryWithoutValues(key);
  state.record(key, { ...NOTHING_SENT, origin, live: state.live(hashId), supersedes, previous });
  return completed(hashId);
}

const NOTHING_SENT = { sent: new Set<string>(), origin: "known", supersedes: [] } as const;

async function applyUpdate(change: Update, { state, tools }: ApplyContext): Promise<StepResult> {
  const { key, hash_id: hashId, fields } = change;
  if (change.pending.length > 0) return pendingFailure(change.pending);
  const live = state.live(hashId);
  const desired = withPlannedIdentifier(state.desired(key), fields);
  const answer = await tools.api.update(hashId, updatePayload(desired, live, change));
  const sent = sentPaths(change, state);
  if (!answer.ok) {
    if (isOutcomeUnknown(answer.error)) state.doubt(key, hashId, sent);
    return failure(apiFailure(answer.error));
  }
  if (answer.value === undefined)
    return stateFailure("it was deleted after the plan was made", "run the command again");
  state.recordKnown(key, answer.value, sent);
  return completed(hashId, answerRemarks(desired, answer.value, { isSent: (path) => !state.isHeld(key, path) }));
}

async function applyDelete({ key, hash_id: hashId }: Delete, { state, tools }: ApplyContext): Promise<StepResult> {
  const answer = await tools.api.remove(hashId);
  if (!answer.ok) return failure(apiFailure(answer.error));
  state.removed(key, hashId);
  return completed(hashId);
}

/** The identifier that the plan sends. The file need not name it: an integration that was set aside gets its old one back. */
function withPlannedIdentifier(desired: IntegrationWithIds, fields: Update["fields"]): IntegrationWithIds {
  const identifier = fields.find(({ path }) => path === "identifier")?.after;
  return typeof identifier === "string" ? { ...desired, identifier } : desired;
}

/** Every path that an update sends with the file's value. */
export function sentPaths(change: Update, state: ApplyState): ReadonlySet<string> {
  return new Set([...change.fields.map(({ path }) => path), ...carriedPaths(change, state)]);
}

/** Paths of the carried API fields that were sent with the file's value. */
function carriedPaths({ key, carried }: Update, state: ApplyState): string[] {
  const names = new Set(carried.flatMap(({ name, value }) => (value === "live" ? [] : [name])));
  return [...comparableDesired(state.desired(key)).keys()].filter((path) => names.has(apiField(path)));
}
