import type { ApiFailure } from "../api/client.ts";
import { isOutcomeUnknown } from "../api/unknown-outcome.ts";
import { isSameIdentity, type Identity } from "../model/identity.ts";
import type { LockedLifecycle } from "../model/lockfile.ts";
import type { HashId, Key, ListedIntegration, LiveIntegration, Payload, Result, Target } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import { beginRecord, type EndRecord, type Journal } from "./journal.ts";
import { stateCause, type FailureCause } from "./outcome.ts";

/** What creating needs of the API. */
export interface IntegrationCreator {
  create(payload: Payload): Promise<Result<LiveIntegration, ApiFailure>>;
  /** One part of the list: of the project, else of the workspace itself. */
  list(project?: string): Promise<Result<readonly ListedIntegration[], ApiFailure>>;
  get(hashId: HashId): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
}

export interface CreateRequest {
  readonly target: Target;
  readonly key: Key;
  readonly identifier: string;
  readonly identity: Identity;
  readonly lifecycle: LockedLifecycle;
  readonly payload: Payload;
  /** The old integration of a replacement has the identifier: it is set aside first. */
  readonly swap: SetAside | undefined;
}

/** What creating needs of the integration that a new one takes the place of. */
export interface SetAside {
  readonly hashId: HashId;
  /** Frees the identifier before the create is sent; what it returns keeps the create from being sent. */
  setAside(): Promise<FailureCause | undefined>;
  /** Takes back what `setAside` did, if anything: called when nothing was created for certain. */
  restore(): Promise<void>;
}

export interface CreateTools {
  readonly api: IntegrationCreator;
  readonly journal: Journal;
  readonly clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> };
  readonly signal: AbortSignal;
  /** Whether a hash can't be the new integration's: it was there before, has an owner, or another creation made it. */
  readonly isTaken: (hashId: HashId) => boolean;
  /** Makes a hash this creation's own, so that no other one of the run takes it. */
  readonly take: (hashId: HashId) => void;
  /** Called with a line when something takes long. */
  readonly note: (line: string) => void;
}

/** Why there is no new integration; `unknown`: there may be one, and the journal holds what to look for. */
export interface CreateFailure {
  readonly kind: "failed" | "unknown";
  readonly cause: FailureCause;
}

/** How often a create is sent whose answers are all lost. */
const ATTEMPTS = 3;
/** Between two look-ups of one identifier: a list may lag behind a write. */
const LOOKUP_PAUSE_MS = 2_000;

/**
 * Creates exactly one. The API has no idempotency key, so: the intention is in the journal before anything is sent;
 * when the answer is lost, the identifier is looked up twice before anything is sent again.
 */
export async function createOnce(
  request: CreateRequest,
  tools: CreateTools,
): Promise<Result<LiveIntegration, CreateFailure>> {
  const begun = await tools.journal.append(beginRecord(request));
  if (!begun.ok) {
    const cause = stateCause(`the journal can't be written (${begun.error.message}), so nothing was created`);
    return failure({ kind: "failed", cause });
  }
  const obstacle = await request.swap?.setAside();
  const made: Result<LiveIntegration, CreateFailure> =
    obstacle === undefined ? await sendCreate(request, tools) : failure({ kind: "failed", cause: obstacle });
  if (!made.ok && made.error.kind === "unknown") return made;
  if (!made.ok) await request.swap?.restore();
  const { api, workspace } = request.target;
  const outcome = made.ok ? returnedOutcome(made.value) : "refused";
  // If this record is lost, the next run looks the identifier up, as after a kill.
  await tools.journal.append({ kind: "end", api, workspace, key: request.key, outcome });
  return made;
}

function returnedOutcome({ hashId: hash, identifier }: LiveIntegration): EndRecord["outcome"] {
  return { hash, ...(identifier === undefined ? {} : { identifier }) };
}

async function sendCreate(request: CreateRequest, tools: CreateTools): Promise<Result<LiveIntegration, CreateFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const sent = classifyAnswer(await tools.api.create(request.payload), request, tools);
    if (sent.kind === "made") return success(sent.live);
    const { cause } = sent;
    if (sent.kind === "refused") return failure({ kind: "failed", cause });
    if (!tools.signal.aborted) tools.note(`the answer to the creation of ${request.key} was lost; looking for it`);
    const found = await lookUpCreatedTwice(request, tools);
    if (!found.ok) return failure({ kind: "unknown", cause: found.error ?? cause });
    if (found.value !== undefined) {
      tools.take(found.value.hashId);
      return success(found.value);
    }
    // The server created or changed something else than was asked for, and would do so again.
    if (sent.kind === "doubtful") return failure({ kind: "unknown", cause });
    if (attempt === ATTEMPTS || tools.signal.aborted) return failure({ kind: "failed", cause });
  }
}

/** What came of one POST: `lost`, the answer didn't come or can't be read; `doubtful`, it can't be the new integration's. */
type ClassifiedAnswer =
  | { readonly kind: "made"; readonly live: LiveIntegration }
  | { readonly kind: "refused" | "lost" | "doubtful"; readonly cause: FailureCause };

function classifyAnswer(
  answer: Result<LiveIntegration, ApiFailure>,
  request: CreateRequest,
  { isTaken, take }: CreateTools,
): ClassifiedAnswer {
  if (!answer.ok) {
    const kind = isOutcomeUnknown(answer.error) ? "lost" : "refused";
    return { kind, cause: { kind: "api", failure: answer.error } };
  }
  const { hashId, type } = answer.value;
  const said = `the server answered with ${hashId}`;
  if (isTaken(hashId)) return { kind: "doubtful", cause: stateCause(`${said}, which is another integration's`) };
  if (type !== request.identity.type)
    return { kind: "doubtful", cause: stateCause(`${said}, which is of the type ${type}`) };
  // At once, before anything else runs: another creation may be answered with the same hash.
  take(hashId);
  return { kind: "made", live: answer.value };
}

/** The integration if it was created after all; undefined when two looks, 2 s apart, don't find it. */
async function lookUpCreatedTwice(
  request: CreateRequest,
  tools: CreateTools,
): Promise<Result<LiveIntegration | undefined, FailureCause | undefined>> {
  for (const look of [1, 2]) {
    if (tools.signal.aborted) return failure(undefined);
    await tools.clock.sleep(LOOKUP_PAUSE_MS, tools.signal);
    const found = await lookUpCreated(request, tools);
    // Answers that contradict each other may agree at the second look.
    const isFinal = found.ok ? found.value !== undefined : found.error.kind === "api";
    if (isFinal || look === 2) return found;
  }
  return success(undefined);
}

async function lookUpCreated(
  { identifier, identity }: CreateRequest,
  { api, isTaken }: CreateTools,
): Promise<Result<LiveIntegration | undefined, FailureCause>> {
  const list = await api.list(identity.projectName);
  if (!list.ok) return failure({ kind: "api", failure: list.error });
  const alike = list.value.filter(
    (item) => item.identifier === identifier && item.type === identity.type && !isTaken(item.hashId),
  );
  const lives: LiveIntegration[] = [];
  for (const { hashId } of alike) {
    const view = await api.get(hashId);
    if (!view.ok) return failure({ kind: "api", failure: view.error });
    const live = view.value;
    if (live === undefined) {
      return failure(stateCause(`the workspace lists ${hashId}, and says that there is no such integration`));
    }
    if (isSameIdentity(identity, live)) lives.push(live);
  }
  if (lives.length > 1) {
    const hashes = lives.map(({ hashId }) => hashId).join(", ");
    return failure(stateCause(`several new integrations have the identifier ${identifier}: ${hashes}`));
  }
  return success(lives[0]);
}
