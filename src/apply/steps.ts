import type { Failure } from "../api/client.ts";
import type { DesiredIntegration, HashId, Live, Payload, Result } from "../model.ts";
import { failure, success } from "../model.ts";
import { apiField, comparableDesired } from "../plan/canonical.ts";
import type { Adopt, Change, Create, Delete, LockRecord, Rename, Replace, Update } from "../plan/change.ts";
import { lockedLifecycle } from "../plan/entry.ts";
import { createPayload, replacementPayload, updatePayload } from "../plan/payload.ts";
import { originalIdentifier, temporaryIdentifier } from "../plan/superseded.ts";
import type { Baseline } from "./baseline.ts";
import { createOnce, type CreateFailure, type CreateRequest, type Creator } from "./create.ts";
import type { Journal } from "./journal.ts";
import { stateCause, type Cause } from "./outcome.ts";
import { Room } from "./room.ts";
import { allPaths, remarksOn, type ApplyState } from "./state.ts";

/** What applying needs of the API. */
export interface Writer extends Creator {
  /** `undefined`: there is no such integration. */
  update(hashId: HashId, payload: Payload): Promise<Result<Live | undefined, Failure>>;
  /** An update that gives back what an interrupted step took: it is sent though the run was interrupted. */
  restore(hashId: HashId, payload: Payload): Promise<Result<Live | undefined, Failure>>;
  remove(hashId: HashId): Promise<Result<"deleted" | "absent", Failure>>;
}

export interface ApplyTools {
  readonly api: Writer;
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

interface Context {
  readonly state: ApplyState;
  readonly baseline: Baseline;
  readonly tools: ApplyTools;
}

interface Done {
  readonly hashId: HashId;
  readonly remarks: readonly string[];
}
export type StepFailure = CreateFailure;
type StepResult = Result<Done, StepFailure>;

/** Carries out one change, and records it in the state. */
export async function step(change: Change, context: Context): Promise<StepResult> {
  switch (change.action) {
    case "rename":
      return rename(change, context);
    case "record":
      return record(change, context);
    case "adopt":
      return adopt(change, context);
    case "update":
      return update(change, context);
    case "create":
      return create(change, context);
    case "replace":
      return replace(change, context);
    case "delete":
      return remove(change, context);
    case "forget":
      context.state.forget(change.key);
      return done(change.hash_id);
    case "conflict":
    case "orphan":
    case "keep":
      throw new Error(`${change.action} of ${change.key} can't be carried out`);
    default:
      return change satisfies never;
  }
}

/** Whether nothing of it was sent, because the run was interrupted. */
export function isInterruption(cause: Cause): boolean {
  return cause.kind === "api" && cause.failure.kind === "interrupted" && cause.hint === undefined;
}

function rename({ from, key, hash_id: hashId }: Rename, { state }: Context): StepResult {
  state.rename(from, key);
  return done(hashId);
}

function record({ key, hash_id: hashId }: LockRecord, { state }: Context): StepResult {
  // What the journal says of a key that the file no longer names, or whose integration is gone, is in the state from the start.
  if (state.isWanted(key) && state.isThere(hashId))
    state.record(key, state.live(hashId), new Set(), [], state.entry(key));
  return done(hashId);
}

function adopt({ key, hash_id: hashId, supersedes }: Adopt, { state }: Context): StepResult {
  state.record(key, state.live(hashId), new Set(), supersedes, state.names(key));
  return done(hashId);
}

async function update(change: Update, { state, tools }: Context): Promise<StepResult> {
  const { key, hash_id: hashId, fields, carried } = change;
  if (change.pending.length > 0) return pendingFailure(change.pending);
  const live = state.live(hashId);
  const entry = state.entry(key);
  const desired = withIdentifier(state.desired(key), fields);
  const paths = fields.map(({ path }) => path);
  const answer = await tools.api.update(hashId, updatePayload(desired, live, paths));
  if (!answer.ok) return failure(apiFailure(answer.error));
  if (answer.value === undefined) return stateFailure("it is gone since the plan was made", "run the command again");
  const sent = new Set([...paths, ...pathsOf(change, carried, state)]);
  state.record(key, answer.value, sent, [], entry);
  return done(hashId, remarksOn(desired, answer.value));
}

async function create(change: Create, context: Context): Promise<StepResult> {
  const { state } = context;
  const { key, identifier, supersedes } = change;
  if (change.pending.length > 0) return pendingFailure(change.pending);
  const desired = state.desired(key);
  const made = await createSafely(change, createPayload(desired, identifier), {}, context);
  if (!made.ok) return made;
  state.record(key, made.value, allPaths(desired), supersedes, state.names(key));
  return done(made.value.hashId, remarksOn(desired, made.value, identifier));
}

/**
 * The old one is set aside under a temporary identifier, so that the new one can have its own; it stays until
 * `--prune`. If the new one can't be made, the old one gets its identifier back.
 */
async function replace(change: Replace, context: Context): Promise<StepResult> {
  const { state, tools } = context;
  const { key, hash_id: hashId, identifier } = change;
  if (change.pending.length > 0) return pendingFailure(change.pending);
  const desired = state.desired(key);
  const old = state.live(hashId);
  const entry = state.entry(key);
  const original = originalIdentifier(old) ?? old.identifier ?? identifier;
  const room = new Room(old, temporaryIdentifier(identifier, hashId), original, tools.api);
  const made = await createSafely(
    change,
    replacementPayload(desired, old, identifier),
    { replaces: hashId, prepare: () => room.make(), undo: () => room.giveBack() },
    context,
  );
  if (!made.ok) {
    if (!room.taken) return made;
    const { unknown, cause } = made.error;
    const remedy = unknown
      ? `the new integration may exist, and the old one, ${hashId}, has a temporary identifier; the next apply finds out and finishes the replacement`
      : `the old integration ${hashId} may still have its temporary identifier; the next apply fixes that`;
    return failure({ unknown, cause: { ...cause, hint: remedy } });
  }
  const previous = { ...entry, lastSent: new Map() };
  state.record(key, made.value, allPaths(desired), [hashId], previous);
  return done(made.value.hashId, remarksOn(desired, made.value, identifier));
}

async function remove({ key, hash_id: hashId }: Delete, { state, tools }: Context): Promise<StepResult> {
  const answer = await tools.api.remove(hashId);
  if (!answer.ok) return failure(apiFailure(answer.error));
  state.removed(key, hashId);
  return done(hashId);
}

async function createSafely(
  { key, identifier, type }: Create | Replace,
  payload: Payload,
  room: Pick<CreateRequest, "replaces" | "prepare" | "undo">,
  { state, baseline, tools }: Context,
): Promise<Result<Live, StepFailure>> {
  const { scope, projectName, lifecycle } = state.desired(key);
  const project = projectName === undefined ? {} : { project: projectName };
  const before = await baseline.before({ identifier, scope, ...(projectName === undefined ? {} : { projectName }) });
  if (!before.ok) return failure(apiFailure(before.error));
  const { known, appeared } = before.value;
  if (appeared !== undefined) {
    const message = `an integration with the identifier ${identifier} has appeared since the plan was made (${appeared})`;
    return stateFailure(message, "run the command again");
  }
  const made = await createOnce(
    {
      target: state.target,
      key,
      identifier,
      type,
      scope,
      ...project,
      lifecycle: lockedLifecycle(lifecycle),
      payload,
      ...room,
    },
    { ...tools, isTaken: (hashId) => known.has(hashId) || baseline.isMade(hashId) },
  );
  if (made.ok) baseline.made(made.value.hashId);
  return made;
}

/** The identifier that the plan sends, which the file needn't name: one that was set aside gets back what it had. */
function withIdentifier(desired: DesiredIntegration, fields: Update["fields"]): DesiredIntegration {
  const identifier = fields.find(({ path }) => path === "identifier")?.after;
  return typeof identifier === "string" ? { ...desired, identifier } : desired;
}

/** Paths of the API fields that went along. */
function pathsOf({ key }: Update, carried: readonly string[], state: ApplyState): string[] {
  return [...comparableDesired(state.desired(key)).keys()].filter((path) => carried.includes(apiField(path)));
}

function done(hashId: HashId, remarks: readonly string[] = []): StepResult {
  return success({ hashId, remarks });
}

function apiFailure(error: Failure): StepFailure {
  return { unknown: false, cause: { kind: "api", failure: error } };
}

function stateFailure(message: string, hint?: string): Result<never, StepFailure> {
  return failure({ unknown: false, cause: stateCause(message, hint) });
}

function pendingFailure(pending: readonly string[]): Result<never, StepFailure> {
  return stateFailure(`it names a pipeline that doesn't exist: ${pending.join(", ")}`, "create the pipeline first");
}
