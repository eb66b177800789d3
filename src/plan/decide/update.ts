import type { LockEntry } from "../../model/lockfile.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import type { Keep, LockRecord, Update } from "../change.ts";
import { entryDifferences, buildLockEntry, type EntryFacts } from "../compare/lock-entry.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { compareFields, type FieldSources } from "../compare/compare-fields.ts";
import { changeHeader, pendingPipelines } from "./change-header.ts";
import { carriedApiFields } from "./payload.ts";

/**
 * An update, or a change of the lock's content alone, or nothing. An update that only the values of references make
 * visible leaves a change of the lock's content standing beside it, so that a plan made without them says the same.
 */
export function planFields(
  wanted: PairedIntegration,
  live: LiveIntegration,
  entry: LockEntry,
  context: PlanContext,
): (Update | LockRecord | Keep)[] {
  const { fields, unknown } = compareFields(fieldSources(wanted, live, entry, context), resendFields(wanted, context));
  const base = { ...changeHeader(wanted), hash_id: live.hashId };
  if (fields.length > 0) {
    const paths = fields.map(({ path }) => path);
    const carried = carriedApiFields(wanted.desired, live, paths);
    const update: Update = {
      action: "update",
      ...base,
      fields,
      unknown,
      carried,
      pending: pendingPipelines(wanted),
    };
    if (fields.some(({ basis }) => basis === "file")) return [update];
    return [...lockRecords(wanted, live, entry, context).filter(({ basis }) => basis === "file"), update];
  }
  const records = lockRecords(wanted, live, entry, context);
  return records.length > 0 ? records : [{ action: "keep", ...base, unknown }];
}

/** What the lock's content has to become while nothing is sent; none when it is true already. */
export function lockRecords(
  wanted: PairedIntegration,
  live: LiveIntegration,
  entry: LockEntry,
  context: PlanContext,
): LockRecord[] {
  const facts = entryFacts(wanted, live, entry, context);
  const base = { action: "record", ...changeHeader(wanted), hash_id: live.hashId } as const;
  const reviewed = entryDifferences(entry, buildLockEntry(facts, "without-values"));
  if (reviewed.length > 0) return [{ ...base, details: reviewed, basis: "file" }];
  const details = entryDifferences(entry, buildLockEntry(facts, "with-values"));
  return details.length > 0 ? [{ ...base, details, basis: "secret" }] : [];
}

/** What `--resend` asks for of this integration: `*` for every write-only value, or fields. */
export function resendFields({ desired: { key } }: PairedIntegration, { flags }: PlanContext): string[] {
  return flags.resend.flatMap((what) => {
    if (what === "*" || what === key) return ["*"];
    return what.startsWith(`${key}.`) ? [what.slice(key.length + 1)] : [];
  });
}

export function fieldSources(
  wanted: PairedIntegration,
  live: LiveIntegration,
  entry: LockEntry | undefined,
  { key }: PlanContext,
): FieldSources {
  return { desired: wanted.desired, live, entry, hashId: live.hashId, key };
}

export function entryFacts(
  { desired }: PairedIntegration,
  live: LiveIntegration,
  previous: LockEntry | undefined,
  { key }: PlanContext,
): EntryFacts {
  return { desired, live, previous, sent: new Set(), supersedes: [], key };
}
