import type { Key } from "../../model/integration.ts";
import { isRecord } from "../../model/json.ts";
import type { Lockfile, LockEntry } from "../../model/lockfile.ts";
import { compareTexts } from "../../model/text.ts";

/** An entry of the lockfile that was edited. */
export interface LockfileEdit {
  /** `https://api.buddy.works/workspaces/my-company` */
  readonly section: string;
  readonly key: Key;
  /** `added`, `taken out`, or what differs in it, as the file calls it: `hash_id`, `last_sent.token.variable`… */
  readonly what: readonly string[];
}

/**
 * Every entry in which two lockfiles differ, by section and key. All members of an entry are compared, also those that
 * this version doesn't know.
 */
export function lockfileEdits(before: Lockfile, after: Lockfile): LockfileEdit[] {
  const sections = union(before.sections.keys(), after.sections.keys());
  return sections.flatMap((section) => {
    const [old, now] = [before.sections.get(section), after.sections.get(section)];
    return union(old?.keys() ?? [], now?.keys() ?? []).flatMap((key): LockfileEdit[] => {
      const what = entryEdits(old?.get(key), now?.get(key));
      return what.length === 0 ? [] : [{ section, key, what }];
    });
  });
}

function entryEdits(before: LockEntry | undefined, after: LockEntry | undefined): string[] {
  if (before === undefined || after === undefined) return [before === undefined ? "added" : "taken out"];
  return differences(asPlain(before), asPlain(after), "");
}

/** Paths at which two values differ. It looks into a value only where both are maps or lists. */
function differences(a: unknown, b: unknown, path: string): string[] {
  if (isRecord(a) && isRecord(b)) {
    return union(Object.keys(a), Object.keys(b)).flatMap((name) =>
      differences(ownValue(a, name), ownValue(b, name), path === "" ? inFile(name) : `${path}.${inFile(name)}`),
    );
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every(isRecord)) {
    return a.flatMap((item, index) => differences(item, b[index], `${path}[${index}]`));
  }
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)) ? [] : [path];
}

/** Maps as objects without a prototype, so that no name in them has a special meaning. */
function asPlain(value: unknown): unknown {
  if (value instanceof Map) return asPlain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(asPlain);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.assign(Object.create(null), Object.fromEntries(entries.map(([name, item]) => [name, asPlain(item)])));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return union(Object.keys(value), []).map((name) => [name, sorted(ownValue(value, name))]);
}

function ownValue(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** The name that a member has in the file. */
function inFile(name: string): string {
  return IN_FILE.get(name) ?? name;
}

const IN_FILE = new Map([
  ["hashId", "hash_id"],
  ["onRemove", "on_remove"],
  ["lastSent", "last_sent"],
  ["formerIdentifiers", "former_identifiers"],
]);

function union(a: Iterable<string>, b: Iterable<string>): string[] {
  return [...new Set([...a, ...b])].toSorted(compareTexts);
}
