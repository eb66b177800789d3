import type { Identity, Scope } from "../model/identity.ts";
import type { LockedLifecycle } from "../model/lockfile.ts";
import type { HashId, Key, Result, Target } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
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
}

/** Written once the outcome is known. */
export interface EndRecord {
  readonly kind: "end";
  readonly api: string;
  readonly workspace: string;
  readonly key: Key;
  /** `refused`: the server said no, or was never asked. */
  readonly outcome: { readonly hash: HashId } | "refused";
}

export type JournalRecord = BeginRecord | EndRecord;

/** What a begin record says of a creation. */
interface CreateIntention {
  readonly target: Target;
  readonly key: Key;
  readonly identifier: string;
  readonly identity: Identity;
  readonly swap: { readonly hashId: HashId } | undefined;
  readonly lifecycle: LockedLifecycle;
}

/** Where records go. An appended record is on the disk when the promise resolves. */
export interface Journal {
  append(record: JournalRecord): Promise<Result<void, { readonly code: string; readonly message: string }>>;
}

/** One record, a line. It never holds a value that was sent. */
export function encodeJournalRecord(record: JournalRecord): string {
  return `${JSON.stringify({ version: 1, ...record })}\n`;
}

/** The records of a journal. A torn last line, which a killed run leaves, is passed over; anything else is damage. */
export function decodeJournal(text: string): Result<JournalRecord[], { readonly line: number }> {
  const lines = text.split("\n");
  lines.pop();
  const records: JournalRecord[] = [];
  for (const [index, line] of lines.entries()) {
    const record = decodeJournalRecord(line);
    if (record === undefined) return failure({ line: index + 1 });
    records.push(record);
  }
  return success(records);
}

/** The record of a creation that is about to be sent. */
export function beginRecord({ target, key, identifier, identity, swap, lifecycle }: CreateIntention): BeginRecord {
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
  };
}

/** Creates of this workspace that an earlier run began: with a hash where the answer came, without where it is unknown. */
export function interruptedCreates(records: readonly JournalRecord[], target: Target): Map<Key, InterruptedCreate> {
  const open = new Map<Key, InterruptedCreate>();
  for (const record of records) {
    if (!isRecordOf(record, target)) continue;
    if (record.kind === "begin") open.set(record.key, interruptedCreate(record));
    else if (record.outcome === "refused") open.delete(record.key);
    else {
      const begun = open.get(record.key);
      if (begun !== undefined) open.set(record.key, { ...begun, hashId: record.outcome.hash });
    }
  }
  return open;
}

function interruptedCreate({ identifier, type, scope, project, replaces, lifecycle }: BeginRecord): InterruptedCreate {
  return {
    identifier,
    type,
    scope,
    ...(project === undefined ? {} : { projectName: project }),
    ...(replaces === undefined ? {} : { replaces }),
    lifecycle,
  };
}

/** Records of other workspaces, which stay in the journal until a run of theirs. */
export function foreignRecords(records: readonly JournalRecord[], target: Target): JournalRecord[] {
  return records.filter((record) => !isRecordOf(record, target));
}

export function isRecordOf(record: JournalRecord, { api, workspace }: Target): boolean {
  return record.api === api && record.workspace === workspace;
}

function decodeJournalRecord(line: string): JournalRecord | undefined {
  const fields = parseObject(line);
  if (fields === undefined || fields.get("version") !== 1) return undefined;
  const text = (name: string): string | undefined => {
    const value = fields.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const [api, workspace, key] = [text("api"), text("workspace"), text("key")];
  if (api === undefined || workspace === undefined || key === undefined) return undefined;
  if (fields.get("kind") === "end") {
    const hash = parseOutcomeHash(fields.get("outcome"));
    if (fields.get("outcome") === "refused") return { kind: "end", api, workspace, key, outcome: "refused" };
    return hash === undefined ? undefined : { kind: "end", api, workspace, key, outcome: { hash } };
  }
  const [identifier, type, scope] = [text("identifier"), text("type"), parseScope(fields.get("scope"))];
  const lifecycle = parseLifecycle(fields.get("lifecycle"));
  if (fields.get("kind") !== "begin" || identifier === undefined || type === undefined || scope === undefined) {
    return undefined;
  }
  if (lifecycle === undefined) return undefined;
  const [project, replaces] = [text("project"), text("replaces")];
  return {
    kind: "begin",
    api,
    workspace,
    key,
    identifier,
    type,
    scope,
    ...(project === undefined ? {} : { project }),
    ...(replaces === undefined ? {} : { replaces }),
    lifecycle,
  };
}

function parseObject(line: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? new Map<string, unknown>(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

function parseOutcomeHash(outcome: unknown): HashId | undefined {
  if (typeof outcome !== "object" || outcome === null || !("hash" in outcome)) return undefined;
  return typeof outcome.hash === "string" && /^[A-Za-z0-9]+$/.test(outcome.hash) ? outcome.hash : undefined;
}

function parseLifecycle(value: unknown): LockedLifecycle | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [protect, onRemove, rotate] = [fields.get("protect"), fields.get("onRemove"), fields.get("rotate")];
  if (typeof protect !== "boolean" || (onRemove !== "delete" && onRemove !== "retain")) return undefined;
  if (rotate === undefined) return { protect, onRemove };
  return typeof rotate === "number" && Number.isSafeInteger(rotate) ? { protect, onRemove, rotate } : undefined;
}

function parseScope(value: unknown): Scope | undefined {
  return value === "WORKSPACE" || value === "PROJECT" || value === "ENVIRONMENT" ? value : undefined;
}
