import type { LockSection } from "../../model/lockfile.ts";
import type { IntegrationWithIds, HashId, Key, Result } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import type { InterruptedCreate, ObservedWorkspace } from "../input.ts";
import { keyFilter, passesKeyFilter, type KeyChoice } from "./key-filter.ts";
import { indexParts } from "./list-index.ts";
import {
  counterpartHashes,
  hashesOfEntry,
  interruptedHashes,
  isReplaced,
  namedPlaces,
  needsSearch,
  occupantsOf,
  sharedIdentifiers,
  unownedNamesakes,
  type LockedEntries,
} from "./needed-reads.ts";
import { pairWithLockfile } from "./pairing.ts";
import {
  BETWEEN_LOOKS_MS,
  dueCreates,
  hashesAtStake,
  isUnanswered,
  timeToSettle,
  type SecondLook,
} from "./second-look.ts";
import {
  PartReader,
  ViewReader,
  type DescribeFailure,
  type ReadFailure,
  type WorkspaceReader,
} from "./workspace-reader.ts";

/** Why the workspace could not be read. Then nothing is planned: a failed read is never treated as absence. */
export type WorkspaceReadProblem =
  | { readonly kind: "failed"; readonly failures: readonly ReadFailure[] }
  /** Every locked hash is gone: more likely the wrong workspace, or a token that can't see them. */
  | { readonly kind: "all-gone"; readonly count: number }
  /** The list has them, but they can't be found by hash: one of the two responses is wrong. */
  | { readonly kind: "contradiction"; readonly hashes: readonly HashId[] }
  /** The run was interrupted between the two looks. */
  | { readonly kind: "interrupted" };

export interface ReadWorkspaceInput {
  readonly desired: readonly IntegrationWithIds[];
  readonly lock: LockSection;
  readonly interruptedCreates: ReadonlyMap<Key, InterruptedCreate>;
  readonly choice: KeyChoice;
  /** `all`: every part that the file or the lockfile names is read, even if no search needs it, so that the plan shows duplicates. */
  readonly parts?: "needed" | "all";
  readonly describe: DescribeFailure;
  readonly secondLook: SecondLook;
}

/**
 * Reads what planning needs: every locked integration by its hash; the parts of the list for wanted integrations without
 * a recorded hash, with one that is gone or has to be replaced, or with an interrupted creation or replacement; and the full view of every candidate for adoption.
 */
export async function readWorkspace(
  reader: WorkspaceReader,
  input: ReadWorkspaceInput,
): Promise<Result<ObservedWorkspace, WorkspaceReadProblem>> {
  const { lock, interruptedCreates } = input;
  const readAt = input.secondLook.now();
  const isSelected = keyFilter(input.choice);
  const wantedKeys = new Set(input.desired.map(({ key }) => key));
  const wanted = pairWithLockfile(input.desired, lock).filter((item) => passesKeyFilter(item, input.choice));
  const chosenKeys = new Set(wanted.map(({ desired, movedFrom }) => movedFrom ?? desired.key));
  const entries = [...lock].filter(([key]) => chosenKeys.has(key) || (isSelected(key) && !wantedKeys.has(key)));

  const views = new ViewReader(reader);
  const parts = new PartReader(reader, input.describe);
  // These parts are needed in any case, so they are read at the same time as the hashes.
  const early = [
    ...wanted.filter(({ entry }) => entry === undefined).map(({ desired }) => desired),
    ...interruptedCreates.values(),
  ];
  parts.start(early);
  if (input.parts === "all") parts.start(namedPlaces(input.desired, lock));
  await views.read([
    ...entries.flatMap(hashesOfEntry),
    ...wanted.flatMap(({ desired: { key, lifecycle } }) =>
      lifecycle.import ? [[lifecycle.import, key] as const] : [],
    ),
    ...[...interruptedCreates].flatMap(([key, { hashId, replaces }]) =>
      [hashId, replaces].flatMap((hash) => (hash === undefined ? [] : [[hash, key] as const])),
    ),
  ]);
  const isWanted = (key: Key): boolean => chosenKeys.has(key);
  const waited =
    views.failures.length > 0 || (await lookAgain(input, { entries, isWanted, isSelected }, { views, parts }));
  if (!waited) {
    await parts.end();
    return failure({ kind: "interrupted" });
  }
  const isGone = views.failures.length === 0 && (await isEveryHashGone(entries, lock, views));
  if (views.failures.length > 0 || isGone) {
    // No request may still be under way when this returns.
    await parts.end();
    return failure(isGone ? { kind: "all-gone", count: lock.size } : { kind: "failed", failures: views.failures });
  }

  const searched = wanted.filter(({ entry }) => entry === undefined || needsSearch(entry, views.live));
  const replaced = wanted.filter(({ desired, entry }) => isReplaced(desired, entry, views.live));
  parts.start([...searched, ...replaced].map(({ desired }) => desired));
  const isReadable = [...views.live.values()].some((view) => view !== undefined);
  const read = await parts.read(isReadable);
  if (!read.ok) return failure({ kind: "failed", failures: read.error });
  const items = [...read.value.values()].flatMap((part) => ("why" in part ? [] : part));
  // An older server lists an integration in every part.
  const listed = [...new Map(items.map((item) => [item.hashId, item])).values()];
  const contradicted = await views.rereadMissing(listed);
  if (views.failures.length > 0) return failure({ kind: "failed", failures: views.failures });
  if (contradicted.length > 0) return failure({ kind: "contradiction", hashes: contradicted });
  const index = indexParts(read.value);
  // A replacement sets the old one aside before it creates the new one. A view that is older than the list may not show that.
  await views.refresh(
    [...interruptedCreates].flatMap(([key, { hashId, replaces }]) =>
      hashId === undefined && replaces !== undefined ? [[replaces, key] as const] : [],
    ),
  );
  await views.read([
    ...interruptedHashes(interruptedCreates, index, read.value),
    ...searched.flatMap((item) => counterpartHashes(item, interruptedCreates.get(item.desired.key), index)),
    ...replaced.flatMap(({ desired, entry }) => occupantsOf(desired, entry, views.live, index)),
  ]);
  if (views.failures.length > 0) return failure({ kind: "failed", failures: views.failures });
  await views.readIfPossible([
    ...unownedNamesakes(searched, listed, lock),
    ...[...read.value.values()].flatMap((part) => ("why" in part ? [] : sharedIdentifiers(part, lock))),
  ]);
  return success({ live: views.live, parts: read.value, readAt });
}

/**
 * Looks a second time for what the first look didn't find. Before that it waits until the server has carried out what an
 * interrupted run sent, at least 2 s. @returns false if the wait was interrupted
 */
async function lookAgain(
  { secondLook, desired, interruptedCreates, lock }: ReadWorkspaceInput,
  {
    entries,
    isWanted,
    isSelected,
  }: {
    readonly entries: LockedEntries;
    readonly isWanted: (key: Key) => boolean;
    readonly isSelected: (key: Key) => boolean;
  },
  { views, parts }: { readonly views: ViewReader; readonly parts: PartReader },
): Promise<boolean> {
  const due = dueCreates(interruptedCreates, desired, isSelected);
  const gone = hashesAtStake(entries, isWanted, due).filter(([hashId]) => views.live.get(hashId) === undefined);
  const { settleMs } = secondLook;
  const seen = settleMs === undefined ? new Map() : await parts.readable([...due.values()]);
  // An item of the list may belong elsewhere; its full view says where.
  await views.read(interruptedHashes(due, indexParts(seen), seen));
  const owned = new Set([...lock.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const unanswered = [...due].filter(
    ([, create]) => settleMs !== undefined && isUnanswered(create, { live: views.live, parts: seen }, owned),
  );
  if (gone.length === 0 && unanswered.length === 0) return true;
  const creates = unanswered.map(([, create]) => create);
  const settling = timeToSettle(creates, settleMs ?? 0, secondLook.now());
  const why = { gone: [...new Set(gone.map(([, key]) => key))], unanswered: unanswered.map(([key]) => key) };
  if (!(await secondLook.wait(Math.max(BETWEEN_LOOKS_MS, settling), why))) return false;
  parts.startAgain(creates);
  const replaced = unanswered.flatMap(([key, { replaces }]) =>
    replaces === undefined ? [] : [[replaces, key] as const],
  );
  await views.refresh([...gone, ...replaced]);
  return true;
}

/**
 * Reads the other locked integrations too, which `--only` left out. Their number decides how many integrations may be
 * deleted or replaced.
 */
export async function readOtherEntries(
  reader: WorkspaceReader,
  lock: LockSection,
  observed: ObservedWorkspace,
): Promise<Result<ObservedWorkspace, WorkspaceReadProblem>> {
  const views = new ViewReader(reader);
  await views.read(
    [...lock].flatMap(([key, { hashId }]) => (observed.live.has(hashId) ? [] : [[hashId, key] as const])),
  );
  if (views.failures.length > 0) return failure({ kind: "failed", failures: views.failures });
  return success({ ...observed, live: new Map([...observed.live, ...views.live]) });
}

/** How many other locked integrations are read at once if all those of `--only` are gone. */
const FURTHER_ENTRIES = 10;

/** Whether none of the locked integrations (two or more) exists; with `--only` the rest is read until one is found. */
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

function isEntryLive([, { hashId, superseded }]: LockedEntries[number], { live }: ViewReader): boolean {
  return [hashId, ...superseded].some((hash) => live.get(hash) !== undefined);
}
