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
  /** The integration that it takes the place of and that is set aside first. */
  readonly replaces?: HashId;
  /** What the lockfile is to keep of it: taking the block out of the file must not get round it. */
  readonly lifecycle: LockedLifecycle;
  /** When it was about to be sent, in milliseconds since 1970; absent in a record of an earlier version. */
  readonly at?: number;
  /** Absent where it comes from a reference. */
  readonly name?: string;
  /** What had this type and name before, in the part of the list where the new one appears. */
  readonly alike?: readonly HashId[];
}

/** Written once the outcome is known. */
export interface EndRecord {
  readonly kind: "end";
  readonly api: string;
  readonly workspace: string;
  readonly key: Key;
  /** What the server returned; `refused`: it said no, or was never asked. */
  readonly outcome: { readonly hash: HashId; readonly identifier?: string } | "refused";
}

export type JournalRecord = BeginRecord | EndRecord;

/** What a begin record says of a creation. */
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
 * What a journal is good for. `look-ups`: nobody can tell whether a pull request brought it, so it only says what to look
 * for.
 */
export type JournalTrust = "trusted" | "look-ups";

/** Creates of this workspace that an earlier run began: with a hash where the answer came, without where it is unknown. */
export function interruptedCreates(
  records: readonly JournalRecord[],
  target: Target,
  trust: JournalTrust,
): Map<Key, InterruptedCreate> {
  const open = new Map<Key, InterruptedCreate>();
  for (const record of records) {
    if (!isRecordOf(record, target)) continue;
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

/** Records of other workspaces, which stay in the journal until a run of theirs. */
export function foreignRecords(records: readonly JournalRecord[], target: Target): JournalRecord[] {
  return records.filter((record) => !isRecordOf(record, target));
}

export function isRecordOf(record: JournalRecord, { api, workspace }: Target): boolean {
  return record.api === api && record.workspace === workspace;
}
