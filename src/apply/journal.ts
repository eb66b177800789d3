import type { Identity, Scope } from "../model/identity.ts";
import type { LockedLifecycle } from "../model/lockfile.ts";
import type { HashId, Key, Result, Target } from "../model/integration.ts";
import type { InterruptedCreate } from "../plan/input.ts";

/** Written and flushed before an integration is created. */
export interface BeginRecord {
  readonly kind: "begin";
  readonly api: string;
  readonly workspace: string;
  readonly key: Key;
  readonly identifier: string;
  readonly type: string;
  readonly scope: Scope;
  readonly project?: string;
  /** The integration that it replaces and that is set aside first. */
  readonly replaces?: HashId;
  /** What the lockfile will keep of the lifecycle, so that removing the block from the file doesn't disable it. */
  readonly lifecycle: LockedLifecycle;
  /** When it was about to be sent, in milliseconds since 1970; absent in a record of an earlier version. */
  readonly at?: number;
  /** Absent if it comes from a reference. */
  readonly name?: string;
  /** The integrations that had this type and name before, in the part of the list where the new one appears. */
  readonly alike?: readonly HashId[];
}

/** Written once the outcome is known. */
export interface EndRecord {
  readonly kind: "end";
  readonly api: string;
  readonly workspace: string;
  readonly key: Key;
  /** What the server returned; `refused`: the server refused it, or the request was never sent. */
  readonly outcome: { readonly hash: HashId; readonly identifier?: string } | "refused";
}

/**
 * Written before the first update of a run that sends values which the API never returns. If the run ends normally, the
 * lockfile says what was sent. Otherwise the integrations may have these values or the former ones.
 */
export interface UpdatesRecord {
  readonly kind: "updates";
  readonly api: string;
  readonly workspace: string;
  /** The paths of these values, by integration. The values themselves are nowhere. */
  readonly paths: ReadonlyMap<HashId, readonly string[]>;
}

/** A record of one creation. */
export type CreationRecord = BeginRecord | EndRecord;

export type JournalRecord = CreationRecord | UpdatesRecord;

/** What a begin record says about a creation. */
export interface CreateIntention {
  readonly target: Target;
  readonly key: Key;
  readonly identifier: string;
  readonly identity: Identity;
  readonly swap: { readonly hashId: HashId } | undefined;
  readonly lifecycle: LockedLifecycle;
  readonly name: string | undefined;
  readonly alike: readonly HashId[];
}

/** Where records go. An appended record is on the disk when the promise resolves. */
export interface Journal {
  append(record: JournalRecord): Promise<Result<void, { readonly code: string; readonly message: string }>>;
}

/** The record of a creation that is about to be sent at this time. */
export function beginRecord(
  { target, key, identifier, identity, swap, lifecycle, name, alike }: CreateIntention,
  at: number,
): BeginRecord {
  const { type, scope, projectName } = identity;
  return {
    kind: "begin",
    ...target,
    key,
    identifier,
    type,
    scope,
    ...(projectName === undefined ? {} : { project: projectName }),
    ...(swap === undefined ? {} : { replaces: swap.hashId }),
    lifecycle,
    at,
    ...(name === undefined ? {} : { name }),
    alike,
  };
}

/**
 * What a journal may be used for. `look-ups`: a pull request may have planted it, so it only says what to look
 * up.
 */
export type JournalTrust = "trusted" | "look-ups";

/** Creations of this workspace that an earlier run began: with a hash if the response arrived, otherwise without. */
export function interruptedCreates(
  records: readonly JournalRecord[],
  target: Target,
  trust: JournalTrust,
): Map<Key, InterruptedCreate> {
  const open = new Map<Key, InterruptedCreate>();
  for (const record of records) {
    if (!isCreationOf(record, target)) continue;
    if (record.kind === "begin") open.set(record.key, interruptedCreate(record, trust));
    else if (record.outcome === "refused") open.delete(record.key);
    else {
      const begun = open.get(record.key);
      const { hash, identifier } = record.outcome;
      const returned = identifier === undefined ? {} : { returnedIdentifier: identifier };
      if (begun !== undefined) open.set(record.key, { ...begun, hashId: hash, ...returned });
    }
  }
  return open;
}

function interruptedCreate(
  { identifier, type, scope, project, replaces, lifecycle, at, name, alike }: BeginRecord,
  trust: JournalTrust,
): InterruptedCreate {
  return {
    ...(trust === "trusted" ? {} : { isLookUpOnly: true }),
    identifier,
    type,
    scope,
    ...(project === undefined ? {} : { projectName: project }),
    ...(replaces === undefined ? {} : { replaces }),
    lifecycle,
    ...(at === undefined ? {} : { at }),
    ...(name === undefined ? {} : { name }),
    ...(alike === undefined ? {} : { alike }),
  };
}

/**
 * The values that an earlier run was about to send and that the API never returns: their paths, by integration. A journal
 * that isn't trusted says nothing about them.
 */
export function interruptedUpdates(
  records: readonly JournalRecord[],
  target: Target,
  trust: JournalTrust,
): Map<HashId, ReadonlySet<string>> {
  const found = new Map<HashId, ReadonlySet<string>>();
  if (trust !== "trusted") return found;
  for (const record of records) {
    if (record.kind !== "updates" || !isRecordOf(record, target)) continue;
    for (const [hashId, paths] of record.paths) found.set(hashId, new Set([...(found.get(hashId) ?? []), ...paths]));
  }
  return found;
}

/** Records of other workspaces. They stay in the journal until a run on that workspace. */
export function foreignRecords(records: readonly JournalRecord[], target: Target): JournalRecord[] {
  return records.filter((record) => !isRecordOf(record, target));
}

export function isRecordOf(record: JournalRecord, { api, workspace }: Target): boolean {
  return record.api === api && record.workspace === workspace;
}

/** Whether it is the record of a creation in this workspace. */
export function isCreationOf(record: JournalRecord, target: Target): record is CreationRecord {
  return record.kind !== "updates" && isRecordOf(record, target);
}
