import type { ApiFailure } from "../../api/client.ts";
import type { LockEntry, LockSection } from "../../model/lockfile.ts";
import type {
  IntegrationWithIds,
  HashId,
  Key,
  ListedIntegration,
  LiveIntegration,
  Result,
} from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import type { InterruptedCreate, ObservedWorkspace, PairedIntegration } from "../input.ts";
import {
  candidateHashes,
  immutableDifferences,
  indexAt,
  indexParts,
  counterpartLookups,
  type ListIndex,
  type CounterpartLookup,
} from "./counterpart.ts";
import { keyFilter, passesKeyFilter } from "./key-filter.ts";
import { pairWithLockfile } from "./pairing.ts";
import {
  listPartOf,
  projectOfPart,
  type ListedParts,
  type ListPart,
  type IntegrationPlace,
  type UnreadablePart,
} from "./list-parts.ts";
import { placeOfCreate } from "./interrupted-creates.ts";
import { originalIdentifier } from "./temporary-identifier.ts";

/** What reading needs of the API. */
export interface WorkspaceReader {
  /** `undefined`: there is no such integration. */
  get(hashId: HashId): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  /** One part of the list: of the project, else of the workspace itself. */
  list(project?: string): Promise<Result<readonly ListedIntegration[], ApiFailure>>;
}

/** Why the workspace could not be read. Then nothing is planned: a failed read is never taken for absence. */
export type WorkspaceReadProblem =
  | { readonly kind: "failed"; readonly failures: readonly ReadFailure[] }
  /** Every locked hash is gone: more likely the wrong workspace, or a token that can't see them. */
  | { readonly kind: "all-gone"; readonly count: number }
  /** The list has them, and by their hashes they can't be found: one of the two answers is wrong. */
  | { readonly kind: "contradiction"; readonly hashes: readonly HashId[] };

export interface ReadFailure {
  /** `the list`, or the integration's key or hash. */
  readonly what: string;
  readonly failure: ApiFailure;
}

export interface ReadWorkspaceInput {
  readonly desired: readonly IntegrationWithIds[];
  readonly lock: LockSection;
  readonly interruptedCreates: ReadonlyMap<Key, InterruptedCreate>;
  readonly only: readonly string[];
  /** A failed call in a few words, and what to do about it. */
  readonly describe: (failure: ApiFailure) => UnreadablePart;
}

/**
 * Reads what planning needs: every locked integration by its hash; the parts of the list in which a wanted one would be
 * that has no recorded hash, whose recorded one is gone or has to be replaced, or whose creation or replacement was
 * interrupted; and the full view of every candidate for adoption.
 */
export async function readWorkspace(
  reader: WorkspaceReader,
  input: ReadWorkspaceInput,
): Promise<Result<ObservedWorkspace, WorkspaceReadProblem>> {
  const { lock, interruptedCreates: made } = input;
  const isSelected = keyFilter(input.only);
  const wantedKeys = new Set(input.desired.map(({ key }) => key));
  const wanted = pairWithLockfile(input.desired, lock).filter((item) => passesKeyFilter(item, isSelected));
  const chosenKeys = new Set(wanted.map(({ desired, movedFrom }) => movedFrom ?? desired.key));
  const entries = [...lock].filter(([key]) => chosenKeys.has(key) || (isSelected(key) && !wantedKeys.has(key)));

  const views = new ViewReader(reader);
  const parts = new PartReader(reader, input.describe);
  // These are needed whatever the hashes answer, so they needn't wait.
  const early = [
    ...wanted.filter(({ entry }) => entry === undefined).map(({ desired }) => desired),
    ...[...made.values()].map(placeOfCreate),
  ];
  parts.start(early);
  await views.read([
    ...entries.flatMap(hashesOfEntry),
    ...wanted.flatMap(({ desired: { key, lifecycle } }) =>
      lifecycle.import ? [[lifecycle.import, key] as const] : [],
    ),
    ...[...made].flatMap(([key, { hashId, replaces }]) =>
      [hashId, replaces].flatMap((hash) => (hash === undefined ? [] : [[hash, key] as const])),
    ),
  ]);
  if (views.failures.length > 0) return failure({ kind: "failed", failures: views.failures });

  const isGone = await isEveryHashGone(entries, lock, views);
  if (views.failures.length > 0) return failure({ kind: "failed", failures: views.failures });
  if (isGone) return failure({ kind: "all-gone", count: lock.size });

  const searched = wanted.filter(({ entry }) => entry === undefined || needsSearch(entry, views.live));
  const replaced = wanted.filter(({ desired, entry }) => isReplaced(desired, entry, views.live));
  parts.start([...searched, ...replaced].map(({ desired }) => desired));
  const read = await parts.read();
  if (!read.ok) return failure({ kind: "failed", failures: read.error });
  const items = [...read.value.values()].flatMap((part) => ("why" in part ? [] : part));
  // An older server lists an integration in every part.
  const listed = [...new Map(items.map((item) => [item.hashId, item])).values()];
  const contradicted = await views.readAgain(listed);
  if (views.failures.length > 0) return failure({ kind: "failed", failures: views.failures });
  if (contradicted.length > 0) return failure({ kind: "contradiction", hashes: contradicted });
  const index = indexParts(read.value);
  await views.read([
    ...interruptedHashes(made, index),
    ...searched.flatMap(({ desired, entry }) => {
      const found = counterpartLookups(desired, entry, made.get(desired.key)?.identifier);
      const here = indexAt(desired, index);
      const setAside = found.flatMap(({ identifier }) => here.setAside.get(identifier) ?? []);
      const hashes = [...candidateHashes(found, here), ...setAside.map(({ hashId }) => hashId)];
      return hashes.map((hashId) => [hashId, desired.key] as const);
    }),
    ...replaced.flatMap(({ desired, entry }) => inTheWay(desired, entry, views.live, index)),
    ...unownedNamesakes(searched, listed, lock).map(({ hashId, name }) => [hashId, name] as const),
  ]);
  if (views.failures.length > 0) return failure({ kind: "failed", failures: views.failures });
  return success({ live: views.live, parts: read.value });
}

/** Unowned ones with the type and name of one that is looked for: they may be in another project, and worth a warning. */
function unownedNamesakes(
  searched: readonly PairedIntegration[],
  listed: readonly ListedIntegration[],
  lock: LockSection,
): readonly ListedIntegration[] {
  const owned = new Set([...lock].flatMap(([, { hashId, superseded }]) => [hashId, ...superseded]));
  const names = new Set(searched.flatMap(({ desired }) => typeAndName(desired) ?? []));
  return listed.filter(({ type, name, hashId }) => names.has(JSON.stringify([type, name])) && !owned.has(hashId));
}

/** Undefined where the name comes from a reference. */
function typeAndName({ type, fields }: IntegrationWithIds): string | undefined {
  const name = fields.get("name");
  return typeof name === "string" ? JSON.stringify([type, name]) : undefined;
}

/** How many more locked integrations are looked for at once, when all those of `--only` are gone. */
const FURTHER_ENTRIES = 10;

/** Whether nothing of what is locked (two or more) is there; with `--only` the rest is asked for until one is found. */
async function isEveryHashGone(entries: LockedEntries, lock: LockSection, views: ViewReader): Promise<boolean> {
  if (lock.size < 2 || entries.length === 0 || entries.some((entry) => isEntryLive(entry, views))) return false;
  const chosen = new Set(entries.map(([key]) => key));
  const rest = [...lock].filter(([key]) => !chosen.has(key));
  for (let at = 0; at < rest.length; at += FURTHER_ENTRIES) {
    const further = rest.slice(at, at + FURTHER_ENTRIES);
    await views.read(further.flatMap(hashesOfEntry));
    if (views.failures.length > 0 || further.some((entry) => isEntryLive(entry, views))) return false;
  }
  return true;
}

type LockedEntries = readonly (readonly [Key, LockEntry])[];

function hashesOfEntry([key, { hashId, superseded }]: LockedEntries[number]): (readonly [HashId, Key])[] {
  return [hashId, ...superseded].map((hash) => [hash, key] as const);
}

function isEntryLive([, { hashId, superseded }]: LockedEntries[number], { live }: ViewReader): boolean {
  return [hashId, ...superseded].some((hash) => live.get(hash) !== undefined);
}

/** What interrupted creates may have made, wanted by now or not: it must not be lost. */
function interruptedHashes(
  made: ReadWorkspaceInput["interruptedCreates"],
  index: ListIndex,
): (readonly [HashId, Key])[] {
  return [...made].flatMap(([key, create]) => {
    const lookup: CounterpartLookup = { via: "journal", identifier: create.identifier };
    return candidateHashes([lookup], indexAt(placeOfCreate(create), index)).map((hashId) => [hashId, key] as const);
  });
}

/** Gone, or set aside by a replacement that didn't finish. */
function needsSearch(entry: LockEntry, live: ReadonlyMap<HashId, LiveIntegration | undefined>): boolean {
  const view = live.get(entry.hashId);
  return view === undefined || originalIdentifier(view) !== undefined;
}

/** Whether a new one will be made in its place; apply has to know then what was there before. */
function isReplaced(desired: IntegrationWithIds, entry: LockEntry | undefined, live: ViewReader["live"]): boolean {
  const view = entry === undefined ? undefined : live.get(entry.hashId);
  return view !== undefined && immutableDifferences(desired, view).length > 0;
}

/** What has the identifier already where a replacement would be made. */
function inTheWay(
  desired: IntegrationWithIds,
  entry: LockEntry | undefined,
  live: ViewReader["live"],
  index: ListIndex,
): (readonly [HashId, Key])[] {
  const view = entry === undefined ? undefined : live.get(entry.hashId);
  const names = [
    desired.identifier,
    view?.identifier,
    view && originalIdentifier(view),
    entry?.identifier,
    desired.key,
  ];
  const found = names.flatMap((identifier) =>
    identifier === undefined ? [] : [{ via: "identifier" as const, identifier }],
  );
  return candidateHashes(found, indexAt(desired, index)).map((hashId) => [hashId, desired.key] as const);
}

/** How many reads are asked for at once: more than a client sends at once, so that it is never idle. */
const READS_AHEAD = 256;
/** With so many failures the workspace can't be read; the rest wouldn't tell more. */
const MOST_FAILURES = 20;

/** Full views, each read once. */
class ViewReader {
  readonly live = new Map<HashId, LiveIntegration | undefined>();
  readonly failures: ReadFailure[] = [];
  readonly #reader: WorkspaceReader;

  constructor(reader: WorkspaceReader) {
    this.#reader = reader;
  }

  async read(hashes: readonly (readonly [HashId, Key])[]): Promise<void> {
    const missing = new Map(hashes.filter(([hashId]) => !this.live.has(hashId)));
    const rest = missing.keys();
    const answers = new Map<HashId, Result<LiveIntegration | undefined, ApiFailure>>();
    let failed = 0;
    const work = async (): Promise<void> => {
      for (const hashId of rest) {
        const answer = await this.#reader.get(hashId);
        answers.set(hashId, answer);
        if (!answer.ok) failed += 1;
        if (failed >= MOST_FAILURES) return;
      }
    };
    await Promise.all(Array.from({ length: Math.min(READS_AHEAD, missing.size) }, work));
    // In the order in which they were asked for, whichever came first.
    for (const [hashId, key] of missing) {
      const answer = answers.get(hashId);
      if (answer?.ok) this.live.set(hashId, answer.value);
      else if (answer !== undefined) this.failures.push({ what: `${key} (${hashId})`, failure: answer.error });
    }
  }

  /** What was said to be gone and is listed is asked for once more. @returns what is still said to be gone */
  async readAgain(listed: readonly ListedIntegration[]): Promise<HashId[]> {
    const isDoubtful = ({ hashId }: ListedIntegration): boolean =>
      this.live.has(hashId) && this.live.get(hashId) === undefined;
    const doubtful = listed.filter(isDoubtful);
    for (const { hashId } of doubtful) this.live.delete(hashId);
    await this.read(doubtful.map(({ hashId, name }) => [hashId, name] as const));
    return doubtful.filter(isDoubtful).map(({ hashId }) => hashId);
  }
}

/** Parts of the list, each read once. */
class PartReader {
  readonly #reader: WorkspaceReader;
  readonly #describe: ReadWorkspaceInput["describe"];
  readonly #started = new Map<ListPart, Promise<Result<readonly ListedIntegration[], ApiFailure>>>();

  constructor(reader: WorkspaceReader, describe: ReadWorkspaceInput["describe"]) {
    this.#reader = reader;
    this.#describe = describe;
  }

  /** Begins to read the parts of these places. */
  start(places: readonly IntegrationPlace[]): void {
    for (const part of places.map(listPartOf)) {
      if (part !== undefined && !this.#started.has(part)) {
        this.#started.set(part, this.#reader.list(projectOfPart(part)));
      }
    }
  }

  /**
   * What was started. A project's part that can't be read concerns its own integrations alone; the workspace's, or a
   * token that isn't valid, is a failed read.
   */
  async read(): Promise<Result<ListedParts, readonly ReadFailure[]>> {
    const parts = new Map<ListPart, readonly ListedIntegration[] | UnreadablePart>();
    const failures: ReadFailure[] = [];
    for (const [part, started] of this.#started) {
      const answer = await started;
      if (answer.ok) parts.set(part, answer.value);
      else if (isFailureOfAll(part, answer.error)) failures.push({ what: describePart(part), failure: answer.error });
      else parts.set(part, this.#describe(answer.error));
    }
    return failures.length > 0 ? failure(failures) : success(parts);
  }
}

function isFailureOfAll(part: ListPart, cause: ApiFailure): boolean {
  const isOfTheRun = cause.kind === "unauthorized" || cause.kind === "interrupted";
  return part === "WORKSPACE" || isOfTheRun || (cause.kind === "forbidden" && cause.apiDisabled === true);
}

function describePart(part: ListPart): string {
  const project = projectOfPart(part);
  return project === undefined ? "the list" : `the list of the project ${project}`;
}
