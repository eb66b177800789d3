import type { LockEntry } from "../../model/lockfile.ts";
import type { IntegrationWithIds, Key } from "../../model/integration.ts";
import type { FingerprintKey } from "../../model/secret.ts";
import type { LockRecord, PlanWarning } from "../change.ts";
import { comparableDesired } from "../compare/comparable.ts";
import { canonicalJson, compareWithStored, secretsIn } from "../compare/compare-values.ts";
import { assumedValue } from "../compare/stored-references.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { keyFilter } from "../match/key-filter.ts";
import { changeHeader } from "./change-header.ts";

/** What `--assume-sent` records. The plan then does nothing else. */
export function assumedRecords(
  wanted: readonly PairedIntegration[],
  pattern: string,
  { key, live, observed }: PlanContext,
): LockRecord[] {
  const isAssumed = keyFilter({ only: [pattern] });
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

/** References that `--assume-sent` leaves unchanged, although it names their integration. */
export function notAssumedWarnings(
  wanted: readonly PairedIntegration[],
  pattern: string,
  { key }: PlanContext,
): PlanWarning[] {
  const isAssumed = keyFilter({ only: [pattern] });
  return wanted.flatMap(({ desired, entry }): PlanWarning[] => {
    if (entry === undefined || !isAssumed(desired.key)) return [];
    const after = assumedEntry(desired, entry, { pattern, key });
    return [...comparableDesired(desired)].flatMap(([path, value]): PlanWarning[] => {
      const stored = entry.lastSent.get(path);
      const secrets = secretsIn(value);
      if (stored === undefined || secrets.length === 0 || after.lastSent.get(path) !== stored) return [];
      const base = { code: "not-assumed", key: desired.key, path } as const;
      const absent = secrets.filter(({ known }) => !known).map(({ variable }) => `$${variable}`);
      if (absent.length > 0) {
        const message = `nothing is recorded for ${path}: ${absent.join(", ")} has no value here`;
        return [{ ...base, message, hint: "set the variable, or leave it as it is" }];
      }
      const compared = compareWithStored(value, stored, path, { values: "with-values", key, hashId: entry.hashId });
      if (compared === "rotated") {
        const message = `nothing is recorded for ${path}: another value was sent before`;
        return [{ ...base, message, hint: `if the present value is the live one, pass --assume-sent ${desired.key}` }];
      }
      if (compared !== "edited") return [];
      const message = `nothing is recorded for ${path}: the lockfile has another variable there`;
      return [{ ...base, message, hint: "apply that change first" }];
    });
  });
}

/** The entry after a person has said that the present values are the live ones. */
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
