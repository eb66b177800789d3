import { referenceStates } from "../../model/stored-value.ts";
import type { LockEntry, StoredValue } from "../../model/lockfile.ts";
import type { IntegrationWithIds, Json, LiveIntegration, FieldValue } from "../../model/integration.ts";
import type { FingerprintKey } from "../../model/secret.ts";
import { apiField, comparableDesired, comparableLive, isReturned, isWriteOnly, seenValue } from "./comparable.ts";
import type { FieldChange, SendReason, UncomparedField } from "../field-change.ts";
import {
  canonicalJson,
  compareWithLive,
  compareWithStored,
  hasOtherReferences,
  hiddenMarker,
  isReadable,
  secretsIn,
  whyUncompared,
  type SecretView,
} from "./compare-values.ts";
import { knownRoles, ROLES } from "./lock-entry.ts";
import { isHiddenField, shownDesired, shownSent } from "./shown-fields.ts";

/** What is compared, for one integration. */
export interface FieldSources {
  readonly desired: IntegrationWithIds;
  /** Absent when planning offline: then nothing live is known. */
  readonly live: LiveIntegration | undefined;
  /** Absent when the lockfile doesn't know the integration yet. */
  readonly entry: LockEntry | undefined;
  readonly hashId: string;
  readonly key: FingerprintKey | undefined;
}

/** What differs, and what can't be compared. */
export interface FieldComparison {
  readonly fields: readonly FieldChange[];
  readonly unknown: readonly UncomparedField[];
}

/** Compares every managed field three ways: the file, what was last sent, and what is live. */
export function compareFields(sources: FieldSources, resend: readonly string[]): FieldComparison {
  const live: ReadonlyMap<string, Json> = sources.live ? comparableLive(sources.live) : new Map();
  const fields: FieldChange[] = [];
  const unknown: UncomparedField[] = [];
  const { hashId, key } = sources;
  const view: SecretView = { values: "with-values", hashId, key };
  const viewWithoutValues: SecretView = { values: "without-values", hashId, key: undefined };
  const unseen = hasUnseenPermissions(sources);
  for (const [path, value] of comparableDesired(sources.desired)) {
    if (unseen && apiField(path) === "permissions") {
      unknown.push({ path, why: "not-shown" });
      continue;
    }
    const seenLive = seenValue(live, path, value);
    const stored = storedBefore(sources, path, value, viewWithoutValues);
    const field: ComparedField = {
      path,
      value,
      live: seenLive,
      stored,
      references: sources.entry !== undefined && hasOtherReferences(value, stored) ? "changed" : "same",
      resend: isResent(path, seenLive === undefined, sources, resend),
    };
    const reason = sendReason(field, view);
    if (reason === "unknown") unknown.push({ path, why: whyUncompared(value, field.stored, view) });
    else if (reason !== "same") {
      const withoutValues = sendReason(field, viewWithoutValues);
      const isOnlySecret = withoutValues === "same" || withoutValues === "unknown";
      fields.push(fieldChange(field, reason, isOnlySecret ? "secret" : "file"));
    }
  }
  return { fields, unknown };
}

/** Every managed field, as it is sent when the integration is created. */
export function createdFields(desired: IntegrationWithIds): FieldChange[] {
  return [...comparableDesired(desired)].map(([path, value]) => ({
    path,
    after: shownDesired(path, value),
    reason: "edited",
    compared_with: "nothing",
    basis: "file",
  }));
}

/**
 * What was last sent of this field. For roles, this includes those that were sent before the file stopped naming roles: if
 * the file now names others, the former ones would be lost, and the plan must show that.
 */
function storedBefore(
  { entry }: FieldSources,
  path: string,
  value: FieldValue,
  view: SecretView,
): StoredValue | undefined {
  const stored = entry?.lastSent.get(path);
  if (stored !== undefined || path !== ROLES) return stored;
  const roles = knownRoles(entry);
  return roles !== undefined && compareWithStored(value, roles, path, view) === "edited" ? roles : undefined;
}

interface ComparedField {
  readonly path: string;
  readonly value: FieldValue;
  /** Undefined: unknown. */
  readonly live: Json | undefined;
  readonly stored: StoredValue | undefined;
  /** `changed`: file and lockfile name different variables, or one has a reference where the other has a literal. */
  readonly references: "changed" | "same";
  readonly resend: boolean;
}

function sendReason(field: ComparedField, view: SecretView): SendReason | "same" | "unknown" {
  if (field.resend) return "resend";
  if (field.references === "changed") return "edited";
  const sinceSent =
    field.stored === undefined ? "nothing sent" : compareWithStored(field.value, field.stored, field.path, view);
  if (field.live !== undefined) {
    const now = compareWithLive(field.value, field.live, view);
    if (now === "equal") return "same";
    if (now === "unknown") return "unknown";
    if (sinceSent === "equal") return "drift";
    // An integration that is being adopted was never sent anything either.
    if (sinceSent === "never-sent" || (sinceSent === "nothing sent" && now === "rotated")) return "never-sent";
    return now === "rotated" && sinceSent !== "edited" ? "rotated" : "edited";
  }
  switch (sinceSent) {
    case "equal":
      return "same";
    case "nothing sent":
      if (!secretsIn(field.value).every((secret) => isReadable(secret, view))) return "unknown";
      // The API returns this field if it is set. It isn't set, so the file names it for the first time.
      return isReturned(field.path) ? "edited" : "never-sent";
    case "edited":
    case "rotated":
    case "never-sent":
    case "unknown":
      return sinceSent;
    default:
      return sinceSent satisfies never;
  }
}

function fieldChange(field: ComparedField, reason: SendReason, basis: FieldChange["basis"]): FieldChange {
  const { path, value, stored, references } = field;
  const after = shownDesired(path, value);
  // The plan shows the former variable rather than a hidden value.
  const isReference = stored !== undefined && references === "changed";
  if (field.live !== undefined && !isReference) {
    // The value of a former reference stays hidden when the file now has a literal.
    const masked = secretsIn(value).length > 0 || isHiddenField(path) || referenceStates(stored).length > 0;
    return {
      path,
      before: masked ? hiddenMarker("live") : field.live,
      after,
      reason,
      compared_with: "live",
      basis,
    };
  }
  if (stored === undefined) return { path, after, reason, compared_with: "nothing", basis };
  const sent = shownSent(path, stored);
  // For the same variable, only the value differs, which isn't shown.
  const before = canonicalJson(sent) === canonicalJson(after) ? hiddenMarker("last sent") : sent;
  return { path, before, after, reason, compared_with: "last sent", basis };
}

/**
 * Permissions are replaced as a whole, so lists that the file doesn't name must be sent back as they are live. If the
 * response doesn't show them, no permissions may be sent.
 */
function hasUnseenPermissions({ desired: { permissions }, live }: FieldSources): boolean {
  if (permissions === undefined || live === undefined || live.permissions !== undefined) return false;
  return permissions.users === undefined || permissions.groups === undefined;
}

/**
 * Whether the field is sent again. `lifecycle.rotate` and `--resend KEY` request that for every write-only value and for
 * every field of `extra` that the response doesn't show; `--resend KEY.FIELD` requests it for that field. `resend` holds
 * what is requested for this integration: `*` or fields.
 */
function isResent(
  path: string,
  isUnseen: boolean,
  { desired, entry }: FieldSources,
  resend: readonly string[],
): boolean {
  if (resend.includes(path) || resend.includes(apiField(path))) return true;
  const { rotate } = desired.lifecycle;
  const rotated = entry !== undefined && rotate !== undefined && rotate !== entry.lifecycle.rotate;
  return (rotated || resend.includes("*")) && (isWriteOnly(path) || (isUnseen && path.startsWith("extra.")));
}
