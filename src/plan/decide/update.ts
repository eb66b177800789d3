import type { LockEntry } from "../../model/lockfile.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import type { Keep, LockRecord, Update } from "../change.ts";
import type { CarriedField, FieldChange, RecordedDetail } from "../field-change.ts";
import { apiField } from "../compare/comparable.ts";
import { entryDifferences, buildLockEntry, lifecycleDifferences, type EntryFacts } from "../compare/lock-entry.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { compareFields, type FieldComparison, type FieldSources } from "../compare/compare-fields.ts";
import { changeHeader, pendingPipelines } from "./change-header.ts";
import { carriedApiFields } from "./payload.ts";
import { rolesRefusal } from "./unseen-roles.ts";

/**
 * An update, or a change of only the lockfile, or nothing. Changes of the lockfile beside an update are a separate record:
 * it is shown and reviewed, and a plan without the values of references has it too.
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
    const carried = carriedByUpdate(wanted, live, { fields, unknown });
    const refused = rolesRefusal(wanted.desired, live, entry, fields);
    const update: Update = {
      action: "update",
      ...base,
      fields,
      unknown,
      carried,
      lifecycle: rotationDetails(wanted, entry),
      pending: pendingPipelines(wanted),
      ...(refused === undefined ? {} : { refused }),
    };
    return [...recordsBeside(fields, lockRecords(withoutRotation(wanted, entry), live, entry, context)), update];
  }
  const records = lockRecords(wanted, live, entry, context);
  return records.length > 0 ? records : [{ action: "keep", ...base, unknown }];
}

/** The record that updates the entry if nothing is sent; none if the entry is up to date. */
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

/** The records, without the parts that the update itself records. */
function recordsBeside(fields: readonly FieldChange[], records: readonly LockRecord[]): LockRecord[] {
  const sent = new Set(fields.flatMap(({ path, basis }) => (basis === "file" ? [`last_sent.${path}`] : [])));
  return records.flatMap((record) => {
    const details = record.details.filter(({ path }) => !sent.has(path));
    return record.basis === "file" && details.length > 0 ? [{ ...record, details }] : [];
  });
}

/**
 * The integration with the `lifecycle.rotate` of the lockfile. A new one says that values were sent again, so only a change
 * that sends them may record it.
 */
export function withoutRotation(wanted: PairedIntegration, entry: LockEntry): PairedIntegration {
  const { rotate: _wanted, ...rest } = wanted.desired.lifecycle;
  const { rotate } = entry.lifecycle;
  return {
    ...wanted,
    desired: { ...wanted.desired, lifecycle: rotate === undefined ? rest : { ...rest, rotate } },
  };
}

/** What a change that sends all values again records for `lifecycle.rotate`. */
export function rotationDetails({ desired }: PairedIntegration, entry: LockEntry): RecordedDetail[] {
  return lifecycleDifferences(entry.lifecycle, desired.lifecycle).filter(({ path }) => path === "lifecycle.rotate");
}

function carriedByUpdate(
  { desired }: PairedIntegration,
  live: LiveIntegration,
  { fields, unknown }: FieldComparison,
): CarriedField[] {
  const uncompared = new Set(unknown.map(({ path }) => apiField(path)));
  const paths = fields.map(({ path }) => path);
  return carriedApiFields(desired, live, paths).map((name) => ({
    name,
    compared: uncompared.has(name) ? "unknown" : "unchanged",
  }));
}

/** What `--resend` requests for this integration: `*` for every write-only value, or fields. */
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
  return { desired, live, previous, sent: new Set(), origin: "known", supersedes: [], key };
}
