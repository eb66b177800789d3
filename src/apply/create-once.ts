import type { ApiFailure } from "../api/client.ts";
import { isNeverSent, isOutcomeUnknown } from "../api/unknown-outcome.ts";
import { isSameIdentity, type Identity } from "../model/identity.ts";
import type { LockedLifecycle } from "../model/lockfile.ts";
import type { HashId, Key, ListedIntegration, LiveIntegration, Payload, Result, Target } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import { doubtfulRefusal, newTwins } from "../plan/match/doubtful-creations.ts";
import { beginRecord, type EndRecord, type Journal } from "./journal.ts";
import { stateCause, type FailureCause } from "./outcome.ts";
import type { UnansweredCreations } from "./unanswered-creations.ts";

/** What creating needs of the API. */
export interface IntegrationCreator {
  /** @param beforeSend awaited before each sending of the request; `false` prevents it */
  create(payload: Payload, beforeSend: () => Promise<boolean>): Promise<Result<LiveIntegration, ApiFailure>>;
  /** One part of the list: of the project, or of the workspace itself. */
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
  /** The name in the payload, unless it comes from a reference. */
  readonly name: string | undefined;
  /** The existing integrations of this type and name, in the part of the list where the new one will appear. */
  readonly alike: readonly HashId[];
  /** The old integration of a replacement has the identifier: it is set aside first. */
  readonly swap: SetAside | undefined;
}

/** What creating needs of the integration that the new one replaces. */
export interface SetAside {
  readonly hashId: HashId;
  /** Frees the identifier before the creation is sent. A returned cause prevents the creation. */
  setAside(): Promise<FailureCause | undefined>;
  /** Undoes `setAside`, if it did anything: called when certainly nothing was created. */
  restore(): Promise<void>;
}

export interface CreateTools {
  readonly api: IntegrationCreator;
  readonly journal: Journal;
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number;
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
  };
  readonly signal: AbortSignal;
  /** Whether a hash can't belong to the new integration: it existed before, has an owner, or another creation made it. */
  readonly isTaken: (hashId: HashId) => boolean;
  /** Claims a hash for this creation, so that no other one of the run takes it. */
  readonly take: (hashId: HashId) => void;
  /** The creations of this run that are under way. */
  readonly unanswered: UnansweredCreations;
  /** Called with a line when something takes long. */
  readonly note: (line: string) => void;
}

/** Why there is no new integration. `unknown`: there may be one, and the journal says what to look up. */
export interface CreateFailure {
  readonly kind: "failed" | "unknown";
  readonly cause: FailureCause;
}

/** The wait between two look-ups of one identifier, and before sending again a creation that can't have arrived. */
const PAUSE_MS = 2_000;
/** An older journal record is renewed before the request is sent, since the next run counts its wait from the record's time. */
const RECENT_MS = 250;

/**
 * Creates exactly one integration. The API has no idempotency key. So the intention is written to the journal before
 * anything is sent, and a request that may have arrived is never sent again. If the response is lost, the integration is
 * looked up twice. If it isn't found, the journal keeps the record, and the next run looks again before it creates anything.
 */
export async function createOnce(
  request: CreateRequest,
  tools: CreateTools,
): Promise<Result<LiveIntegration, CreateFailure>> {
  const begin = new CreationBegin(request, tools);
  if (!(await begin.write())) return failure({ kind: "failed", cause: begin.problem });
  const obstacle = await request.swap?.setAside();
  const made: Result<LiveIntegration, CreateFailure> =
    obstacle === undefined ? await sendCreate(request, begin, tools) : failure({ kind: "failed", cause: obstacle });
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

/** The journal's record of one creation. Its time is that of the request, even if the request had to wait. */
class CreationBegin {
  readonly #request: CreateRequest;
  readonly #tools: CreateTools;
  #at = -Infinity;
  #error: string | undefined;

  constructor(request: CreateRequest, tools: CreateTools) {
    this.#request = request;
    this.#tools = tools;
  }

  /** Why it can't be written. */
  get problem(): FailureCause {
    return stateCause(`the journal can't be written (${this.#error ?? ""}), so nothing was created`);
  }

  get hasFailed(): boolean {
    return this.#error !== undefined;
  }

  /** Whether it is written and recent, so that the request may be sent. */
  async write(): Promise<boolean> {
    const now = this.#tools.clock.now();
    if (now - this.#at <= RECENT_MS) return true;
    const written = await this.#tools.journal.append(beginRecord(this.#request, now));
    if (written.ok) this.#at = now;
    else this.#error = written.error.message;
    return written.ok;
  }
}

async function sendCreate(
  request: CreateRequest,
  begin: CreationBegin,
  tools: CreateTools,
): Promise<Result<LiveIntegration, CreateFailure>> {
  let sent = await post(request, begin, tools);
  if (sent.kind === "never-sent" && !tools.signal.aborted) {
    tools.note(`the creation of ${request.key} couldn't be sent; trying again`);
    await tools.clock.sleep(PAUSE_MS, tools.signal);
    if (!tools.signal.aborted) sent = await post(request, begin, tools);
  }
  if (sent.kind === "made") return success(sent.live);
  const { cause } = sent;
  if (sent.kind === "refused" || sent.kind === "never-sent") return failure({ kind: "failed", cause });
  if (!tools.signal.aborted) tools.note(`the response to the creation of ${request.key} was lost; looking for it`);
  const found = await lookUpCreatedTwice(request, tools);
  if (found.kind === "failed") return failure({ kind: "unknown", cause: found.cause ?? cause });
  if (found.kind === "found") {
    tools.take(found.live.hashId);
    return success(found.live);
  }
  if (found.kind === "none") return failure({ kind: "unknown", cause });
  const { message, hint } = doubtfulRefusal(request.key, found.hashes);
  return failure({ kind: "unknown", cause: stateCause(message, hint) });
}

/** The result of one POST. `lost`: the response didn't arrive or can't be read. `doubtful`: it can't be about the new integration. */
type ClassifiedAnswer =
  | { readonly kind: "made"; readonly live: LiveIntegration }
  | { readonly kind: "refused" | "never-sent" | "lost" | "doubtful"; readonly cause: FailureCause };

async function post(request: CreateRequest, begin: CreationBegin, tools: CreateTools): Promise<ClassifiedAnswer> {
  const answered = tools.unanswered.add(request);
  try {
    const answer = await tools.api.create(request.payload, () => begin.write());
    if (begin.hasFailed) return { kind: "refused", cause: begin.problem };
    return classifyAnswer(answer, request, tools);
  } finally {
    answered();
  }
}

function classifyAnswer(
  answer: Result<LiveIntegration, ApiFailure>,
  request: CreateRequest,
  { isTaken, take }: CreateTools,
): ClassifiedAnswer {
  if (!answer.ok) {
    const kind = isNeverSent(answer.error) ? "never-sent" : isOutcomeUnknown(answer.error) ? "lost" : "refused";
    return { kind, cause: { kind: "api", failure: answer.error } };
  }
  const { hashId, type } = answer.value;
  const said = `the server returned the hash ${hashId}`;
  if (isTaken(hashId)) return { kind: "doubtful", cause: stateCause(`${said}, which another integration has`) };
  if (type !== request.identity.type)
    return { kind: "doubtful", cause: stateCause(`${said} of an integration of the type ${type}`) };
  // Immediately, before anything else runs: another creation may get the same hash.
  take(hashId);
  return { kind: "made", live: answer.value };
}

/** The result of looking up a creation whose response was lost. */
type CreatedLookUp =
  | { readonly kind: "found"; readonly live: LiveIntegration }
  | { readonly kind: "none" }
  /** New integrations of its type and name, with another identifier. */
  | { readonly kind: "doubtful"; readonly hashes: readonly HashId[] }
  /** It isn't known; without a cause the run was interrupted. */
  | { readonly kind: "failed"; readonly cause: FailureCause | undefined };

/** Looks twice, 2 s apart: reads may lag behind writes, and contradicting responses may agree later. */
async function lookUpCreatedTwice(request: CreateRequest, tools: CreateTools): Promise<CreatedLookUp> {
  let last: CreatedLookUp = { kind: "none" };
  for (let look = 1; look <= 2; look += 1) {
    if (!tools.signal.aborted) await tools.clock.sleep(PAUSE_MS, tools.signal);
    if (tools.signal.aborted) return { kind: "failed", cause: undefined };
    last = await lookUpCreated(request, tools);
    if (last.kind === "found" || (last.kind === "failed" && last.cause?.kind === "api")) return last;
  }
  return last;
}

async function lookUpCreated(request: CreateRequest, tools: CreateTools): Promise<CreatedLookUp> {
  const { identifier, identity } = request;
  const { api, isTaken, unanswered } = tools;
  const list = await api.list(identity.projectName);
  if (!list.ok) return { kind: "failed", cause: { kind: "api", failure: list.error } };
  // A new integration may belong to another creation that is under way.
  await unanswered.settled(request);
  const free = list.value.filter(({ hashId }) => !isTaken(hashId));
  const lives: LiveIntegration[] = [];
  for (const { hashId } of free.filter((item) => item.identifier === identifier && item.type === identity.type)) {
    const view = await api.get(hashId);
    if (!view.ok) return { kind: "failed", cause: { kind: "api", failure: view.error } };
    if (view.value === undefined) return { kind: "failed", cause: contradiction(hashId) };
    if (isSameIdentity(identity, view.value)) lives.push(view.value);
  }
  const [live, ...others] = lives;
  if (others.length > 0) {
    const hashes = lives.map(({ hashId }) => hashId).join(", ");
    const cause = stateCause(`several new integrations have the identifier ${identifier}: ${hashes}`);
    return { kind: "failed", cause };
  }
  if (live !== undefined) return { kind: "found", live };
  return lookUpTwins(request, free, tools);
}

async function lookUpTwins(
  { key, identifier, identity, name, alike }: CreateRequest,
  free: readonly ListedIntegration[],
  { api, unanswered }: CreateTools,
): Promise<CreatedLookUp> {
  const hashes: HashId[] = [];
  for (const { hashId } of newTwins({ type: identity.type, identifier, alike, ...(name && { name }) }, free)) {
    const view = await api.get(hashId);
    if (!view.ok) return { kind: "failed", cause: { kind: "api", failure: view.error } };
    // One that can't be read may be the created one.
    const live = view.value;
    if (live === undefined || (isSameIdentity(identity, live) && !unanswered.isAnothers(live, key)))
      hashes.push(hashId);
  }
  return hashes.length === 0 ? { kind: "none" } : { kind: "doubtful", hashes: hashes.toSorted() };
}

function contradiction(hashId: HashId): FailureCause {
  return stateCause(`the API lists ${hashId}, but also says that it doesn't exist`);
}
