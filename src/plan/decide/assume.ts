import type { LockEntry } from "../../model/lockfile.ts";
import type { IntegrationWithIds, Key } from "../../model/integration.ts";
import type { FingerprintKey } from "../../model/secret.ts";
import type { LockRecord } from "../change.ts";
import { comparableDesired } from "../compare/comparable.ts";
import { canonicalJson } from "../compare/compare-values.ts";
import { assumedValue } from "../compare/stored-references.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { keyFilter } from "../match/key-filter.ts";
import { changeHeader } from "./change-header.ts";

/** What `--assume-sent` records, instead of all that the plan would do otherwise. */
export function assumedRecords(
  wanted: readonly PairedIntegration[],
  pattern: string,
  { key, live, observed }: PlanContext,
): LockRecord[] {
  const isAssumed = keyFilter([pattern]);
  return wanted.flatMap((item): LockRecord[] => {
    const { desired, entry, movedFrom } = item;
    if (entry === undefined || movedFrom !== undefined || !isAssumed(desired.key)) return [];
    if (observed !== "offline" && live.get(entry.hashId) === undefined) return [];
    const after = assumedEntry(desired, entry, { pattern, key });
    const paths = [...after.lastSent].flatMap(([path, stored]) => (stored === entry.lastSent.get(path) ? [] : [path]));
    if (paths.length === 0) return [];
    const details = paths.toSorted().map((path) => ({ path: `last_sent.${path}` }));
    return [{ action: "record", ...changeHeader(item), hash_id: entry.hashId, details, basis: "assumed" }];
  });
}

/** The entry once a person has said that the values which are here are the live ones. */
export function assumedEntry(
  desired: IntegrationWithIds,
  entry: LockEntry,
  { pattern, key }: { readonly pattern: Key; readonly key: FingerprintKey | undefined },
): LockEntry {
  const assurance = pattern === desired.key ? "exact-key" : "pattern";
  const lastSent = new Map(entry.lastSent);
  for (const [path, value] of comparableDesired(desired)) {
    const stored = entry.lastSent.get(path);
    if (stored === undefined) continue;
    const assumed = assumedValue(value, stored, path, { hashId: entry.hashId, key, assurance });
    if (canonicalJson(assumed) !== canonicalJson(stored)) lastSent.set(path, assumed);
  }
  return { ...entry, lastSent };
}
