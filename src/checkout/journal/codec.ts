import type { EndRecord, JournalRecord, UpdatesRecord } from "../../apply/journal.ts";
import { failure, isHashId, isKey, success, type HashId, type Result, type Scope } from "../../model/integration.ts";
import { isRecord } from "../../model/json.ts";
import type { LockedLifecycle } from "../../model/lockfile.ts";

/** Writes a record as one line. Of the values that are sent, it contains only the name of a creation, which everybody can read. */
export function encodeJournalRecord(record: JournalRecord): string {
  const fields = record.kind === "updates" ? { ...record, paths: [...record.paths] } : record;
  return `${JSON.stringify({ version: 1, ...fields })}\n`;
}

/**
 * Reads the records of a journal. An incomplete last line, which a killed run leaves, is skipped. Any other line that
 * can't be read is an error.
 */
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

function decodeJournalRecord(line: string): JournalRecord | undefined {
  const fields = parseRecord(line);
  if (fields?.["version"] !== 1) return undefined;
  const text = (name: string): string | undefined => textOf(fields[name]);
  const [api, workspace, key] = [text("api"), text("workspace"), text("key")];
  if (api === undefined || workspace === undefined) return undefined;
  if (fields["kind"] === "updates") {
    const paths = parsePaths(fields["paths"]);
    return paths === undefined ? undefined : { kind: "updates", api, workspace, paths };
  }
  if (key === undefined || !isKey(key)) return undefined;
  if (fields["kind"] === "end") {
    const outcome = parseOutcome(fields["outcome"]);
    return outcome === undefined ? undefined : { kind: "end", api, workspace, key, outcome };
  }
  const [identifier, type, scope] = [text("identifier"), text("type"), parseScope(fields["scope"])];
  const lifecycle = parseLifecycle(fields["lifecycle"]);
  if (fields["kind"] !== "begin" || identifier === undefined || type === undefined || scope === undefined) {
    return undefined;
  }
  if (lifecycle === undefined) return undefined;
  const [project, replaces] = [text("project"), text("replaces")];
  if (replaces !== undefined && !isHashId(replaces)) return undefined;
  const [at, name, alike] = [fields["at"], text("name"), fields["alike"]];
  if (at !== undefined && !isTime(at)) return undefined;
  if (alike !== undefined && !areHashes(alike)) return undefined;
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
    ...(at === undefined ? {} : { at }),
    ...(name === undefined ? {} : { name }),
    ...(alike === undefined ? {} : { alike }),
  };
}

function parsePaths(value: unknown): UpdatesRecord["paths"] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = new Map<HashId, readonly string[]>();
  for (const pair of value) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    const [hash, paths]: readonly unknown[] = pair;
    if (typeof hash !== "string" || !isHashId(hash) || !areTexts(paths)) return undefined;
    found.set(hash, paths);
  }
  return found;
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function areHashes(value: unknown): value is readonly HashId[] {
  return Array.isArray(value) && value.every((hash) => typeof hash === "string" && isHashId(hash));
}

function parseRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function parseOutcome(outcome: unknown): EndRecord["outcome"] | undefined {
  if (outcome === "refused") return outcome;
  if (!isRecord(outcome)) return undefined;
  const [hash, identifier] = [textOf(outcome["hash"]), textOf(outcome["identifier"])];
  if (hash === undefined || !isHashId(hash)) return undefined;
  return { hash, ...(identifier === undefined ? {} : { identifier }) };
}

function parseLifecycle(value: unknown): LockedLifecycle | undefined {
  if (!isRecord(value)) return undefined;
  const { protect, onRemove, rotate } = value;
  if (typeof protect !== "boolean" || (onRemove !== "delete" && onRemove !== "retain")) return undefined;
  if (rotate === undefined) return { protect, onRemove };
  return typeof rotate === "number" && Number.isSafeInteger(rotate) ? { protect, onRemove, rotate } : undefined;
}

function parseScope(value: unknown): Scope | undefined {
  return value === "WORKSPACE" || value === "PROJECT" || value === "ENVIRONMENT" ? value : undefined;
}
