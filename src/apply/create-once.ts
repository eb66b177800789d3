import type { ApiFailure } from "../api/client.ts";
import { isOutcomeUnknown } from "../api/unknown-outcome.ts";
import type { LockedLifecycle } from "../model/lockfile.ts";
import type {
  HashId,
  Key,
  ListedIntegration,
  LiveIntegration,
  Payload,
  Result,
  Scope,
  Target,
} from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import { isInPlace, type IntegrationPlace } from "../plan/match/list-parts.ts";
import type { BeginRecord, Journal } from "./journal.ts";
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
  readonly type: string;
  readonly scope: Scope;
  readonly project?: string;
  readonly replaces?: HashId;
  readonly lifecycle: LockedLifecycle;
  readonly payload: Payload;
  /** Makes room before the create is sent; what it answers keeps the create from being sent. */
  readonly prepare?: () => Promise<FailureCause | undefined>;
  /** Takes back what `prepare` did, if anything, when nothing was created for certain. */
  readonly undo?: () => Promise<void>;
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
  /** Told what takes its time, in a line. */
  readonly note: (line: string) => void;
}

/** Why there is no new integration; `unknown`: there may be one, and the journal holds what to look for. */
export interface CreateFailure {
  readonly unknown: boolean;
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
  const begun = await tools.journal.append(toBeginRecord(request));
  if (!begun.ok) {
    const cause = stateCause(`the journal can't be written (${begun.error.message}), so nothing was created`);
    return failure({ unknown: false, cause });
  }
  const obstacle = await request.prepare?.();
  const made = obstacle === undefined ? await sendCreate(request, tools) : failure({ unknown: false, cause: obstacle });
  if (!made.ok && made.error.unknown) return made;
  if (!made.ok) await request.undo?.();
  const { api, workspace } = request.target;
  const outcome = made.ok ? { hash: made.value.hashId } : "refused";
  // If this record is lost, the next run looks the identifier up, as after a kill.
  await tools.journal.append({ kind: "end", api, workspace, key: request.key, outcome });
  return made;
}

async function sendCreate(request: CreateRequest, tools: CreateTools): Promise<Result<LiveIntegration, CreateFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const sent = classifyAnswer(await tools.api.create(request.payload), request, tools);
    if (sent.kind === "made") return success(sent.live);
    const { cause } = sent;
    if (sent.kind === "refused") return failure({ unknown: false, cause });
    if (!tools.signal.aborted) tools.note(`the answer to the creation of ${request.key} was lost; looking for it`);
    const found = await lookUpCreatedTwice(request, tools);
    if (!found.ok) return failure({ unknown: true, cause: found.error ?? cause });
    if (found.value !== undefined) {
      tools.take(found.value.hashId);
      return success(found.value);
    }
    // Whatever was made or changed isn't what was asked for, and would be once more.
    if (sent.kind === "doubtful") return failure({ unknown: true, cause });
    if (attempt === ATTEMPTS || tools.signal.aborted) return failure({ unknown: false, cause });
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
  if (type !== request.type) return { kind: "doubtful", cause: stateCause(`${said}, which is of the type ${type}`) };
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
  { identifier, type, scope, project }: CreateRequest,
  { api, isTaken }: CreateTools,
): Promise<Result<LiveIntegration | undefined, FailureCause>> {
  const place: IntegrationPlace = { scope, ...(project === undefined ? {} : { projectName: project }) };
  const list = await api.list(project);
  if (!list.ok) return failure({ kind: "api", failure: list.error });
  const alike = list.value.filter(
    (item) => item.identifier === identifier && item.type === type && !isTaken(item.hashId),
  );
  const lives: LiveIntegration[] = [];
  for (const { hashId } of alike) {
    const view = await api.get(hashId);
    if (!view.ok) return failure({ kind: "api", failure: view.error });
    const live = view.value;
    if (live === undefined) {
      return failure(stateCause(`the workspace lists ${hashId}, and says that there is no such integration`));
    }
    if (isInPlace(place, live)) lives.push(live);
  }
  if (lives.length > 1) {
    const hashes = lives.map(({ hashId }) => hashId).join(", ");
    return failure(stateCause(`several new integrations have the identifier ${identifier}: ${hashes}`));
  }
  return success(lives[0]);
}

function toBeginRecord({
  target,
  key,
  identifier,
  type,
  scope,
  project,
  replaces,
  lifecycle,
}: CreateRequest): BeginRecord {
  return {
    kind: "begin",
    ...target,
    key,
    identifier,
    type,
    scope,
    ...(project === undefined ? {} : { project }),
    ...(replaces === undefined ? {} : { replaces }),
    lifecycle,
  };
}
