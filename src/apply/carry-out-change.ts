import type { ApiFailure } from "../api/client.ts";
import type { IntegrationWithIds, HashId, LiveIntegration, Payload, Result } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import { apiField, comparableDesired } from "../plan/compare/comparable.ts";
import type { Adopt, Change, Create, Delete, LockRecord, Rename, Replace, Update } from "../plan/change.ts";
import { lockedLifecycle } from "../plan/compare/lock-entry.ts";
import { createPayload, replacementPayload, updatePayload } from "../plan/decide/payload.ts";
import { originalIdentifier, temporaryIdentifier } from "../plan/match/temporary-identifier.ts";
import type { FreshList } from "./fresh-list.ts";
import { createOnce, type CreateFailure, type IntegrationCreator } from "./create-once.ts";
import type { Journal } from "./journal.ts";
import { stateCause, type FailureCause } from "./outcome.ts";
import { IdentifierSwap } from "./identifier-swap.ts";
import { managedPaths, answerRemarks, type ApplyState } from "./apply-state.ts";

/** What applying needs of the API. */
export interface IntegrationWriter extends IntegrationCreator {
  /** `undefined`: there is no such integration. */
  update(hashId: HashId, payload: Payload): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  /** An update that gives back what an interrupted step took: it is sent though the run was interrupted. */
  restore(hashId: HashId, payload: Payload): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  remove(hashId: HashId): Promise<Result<"deleted" | "absent", ApiFailure>>;
}

export interface ApplyTools {
  readonly api: IntegrationWriter;
  readonly journal: Journal;
  readonly clock: {
    /** Milliseconds, of any origin. */
    now(): number;
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
  };
  /** Aborted, by an interruption or a refused token: nothing new is started, what is in flight is finished. */
  readonly signal: AbortSignal;
  /** Told what takes its time, in a line. */
  readonly note: (line: string) => void;
}

interface ApplyContext {
  readonly state: ApplyState;
  readonly freshList: FreshList;
  readonly tools: ApplyTools;
}

interface CompletedStep {
  readonly hashId: HashId;
  readonly remarks: readonly string[];
}
export type StepFailure = CreateFailure;
type StepResult = Result<CompletedStep, StepFailure>;

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

/** Whether nothing of it was sent, because the run was interrupted. */
export function isInterruption(cause: FailureCause): boolean {
  return cause.kind === "api" && cause.failure.kind === "interrupted" && cause.hint === undefined;
}

function applyRename({ from, key, hash_id: hashId }: Rename, { state }: ApplyContext): StepResult {
  state.rename(from, key);
  return completed(hashId);
}

function applyRecord({ key, hash_id: hashId }: LockRecord, { state }: ApplyContext): StepResult {
  // What the journal says of a key that the file no longer names, or whose integration is gone, is in the state from the start.
  if (state.isWanted(key) && state.isThere(hashId))
    state.record(key, state.live(hashId), new Set(), [], state.entry(key));
  return completed(hashId);
}

function applyAdopt({ key, hash_id: hashId, supersedes }: Adopt, { state }: ApplyContext): StepResult {
  state.record(key, state.live(hashId), new Set(), supersedes, state.entryWithoutValues(key));
  return completed(hashId);
}

async function applyUpdate(change: Update, { state, tools }: ApplyContext): Promise<StepResult> {
  const { key, hash_id: hashId, fields, carried } = change;
  if (change.pending.length > 0) return pendingFailure(change.pending);
  const live = state.live(hashId);
  const entry = state.entry(key);
  const desired = withPlannedIdentifier(state.desired(key), fields);
  const paths = fields.map(({ path }) => path);
  const answer = await tools.api.update(hashId, updatePayload(desired, live, paths));
  if (!answer.ok) return failure(apiFailure(answer.error));
  if (answer.value === undefined) return stateFailure("it is gone since the plan was made", "run the command again");
  const sent = new Set([...paths, ...carriedPaths(change, carried, state)]);
  state.record(key, answer.value, sent, [], entry);
  return completed(hashId, answerRemarks(desired, answer.value));
}

async function applyCreate(change: Create, context: ApplyContext): Promise<StepResult> {
  const { state } = context;
  const { key, identifier, supersedes } = change;
  if (change.pending.length > 0) return pendingFailure(change.pending);
  const desired = state.desired(key);
  const made = await createSafely(change, createPayload(desired, identifier), undefined, context);
  if (!made.ok) return made;
  state.record(key, made.value, managedPaths(desired), supersedes, state.entryWithoutValues(key));
  return completed(made.value.hashId, answerRemarks(desired, made.value, identifier));
}

/**
 * The old one is set aside under a temporary identifier, so that the new one can have its own; it stays until
 * `--prune`. If the new one can't be made, the old one gets its identifier back.
 */
async function applyReplace(change: Replace, context: ApplyContext): Promise<StepResult> {
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
    const remedy =
      kind === "unknown"
        ? `the new integration may exist, and the old one, ${hashId}, has a temporary identifier; the next apply finds out and finishes the replacement`
        : `the old integration ${hashId} may still have its temporary identifier; the next apply fixes that`;
    return failure({ kind, cause: { ...cause, hint: remedy } });
  }
  const previous = { ...entry, lastSent: new Map() };
  state.record(key, made.value, managedPaths(desired), [hashId], previous);
  return completed(made.value.hashId, answerRemarks(desired, made.value, identifier));
}

async function applyDelete({ key, hash_id: hashId }: Delete, { state, tools }: ApplyContext): Promise<StepResult> {
  const answer = await tools.api.remove(hashId);
  if (!answer.ok) return failure(apiFailure(answer.error));
  state.removed(key, hashId);
  return completed(hashId);
}

async function createSafely(
  { key, identifier }: Create | Replace,
  payload: Payload,
  swap: IdentifierSwap | undefined,
  { state, freshList, tools }: ApplyContext,
): Promise<Result<LiveIntegration, StepFailure>> {
  const desired = state.desired(key);
  const before = await freshList.readBefore(desired, identifier);
  if (!before.ok) return failure(apiFailure(before.error));
  const { known, appeared } = before.value;
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
    },
    {
      ...tools,
      isTaken: (hashId) => known.has(hashId) || freshList.isCreated(hashId),
      take: (hashId) => freshList.addCreated(hashId),
    },
  );
}

/** The identifier that the plan sends, which the file needn't name: one that was set aside gets back what it had. */
function withPlannedIdentifier(desired: IntegrationWithIds, fields: Update["fields"]): IntegrationWithIds {
  const identifier = fields.find(({ path }) => path === "identifier")?.after;
  return typeof identifier === "string" ? { ...desired, identifier } : desired;
}

/** Paths of the API fields that went along. */
function carriedPaths({ key }: Update, carried: readonly string[], state: ApplyState): string[] {
  return [...comparableDesired(state.desired(key)).keys()].filter((path) => carried.includes(apiField(path)));
}

function completed(hashId: HashId, remarks: readonly string[] = []): StepResult {
  return success({ hashId, remarks });
}

function apiFailure(error: ApiFailure): StepFailure {
  return { kind: "failed", cause: { kind: "api", failure: error } };
}

function stateFailure(message: string, hint?: string): Result<never, StepFailure> {
  return failure({ kind: "failed", cause: stateCause(message, hint) });
}

function pendingFailure(pending: readonly string[]): Result<never, StepFailure> {
  return stateFailure(`it names a pipeline that doesn't exist: ${pending.join(", ")}`, "create the pipeline first");
}
