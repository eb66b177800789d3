import { fieldInfo } from "../../model/catalog.ts";
import type { LockEntry, StoredValue } from "../../model/lockfile.ts";
import type { IntegrationWithIds, Json, LiveIntegration, FieldValue } from "../../model/integration.ts";
import { DEFAULT_AUTH_TYPE, DEFAULT_AUTH_TYPE_NAME } from "../../model/server-defaults.ts";
import type { FingerprintKey } from "../../model/secret.ts";
import { apiField, comparableDesired, comparableLive, isReturned, isWriteOnly, seenValue } from "./comparable.ts";
import type { FieldChange, SendReason, UncomparedField } from "../change.ts";
import {
  compareWithLive,
  compareWithStored,
  hiddenMarker,
  holdsFingerprint,
  isReadable,
  secretsIn,
  shownValue,
  shownStoredValue,
  whyUncompared,
  type SecretView,
} from "./compare-values.ts";

/** What is compared, for one integration. */
export interface FieldSources {
  readonly desired: IntegrationWithIds;
  /** Absent when planning offline: then nothing live can be seen. */
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
  const blindView: SecretView = { values: "without-values", hashId, key: undefined };
  const unseen = hasUnseenPermissions(sources);
  for (const [path, value] of comparableDesired(sources.desired)) {
    if (unseen && apiField(path) === "permissions") {
      unknown.push({ path, why: "not-shown" });
      continue;
    }
    const seenLive = seenValue(live, path, value);
    const field: ComparedField = {
      path,
      value,
      live: seenLive,
      stored: sources.entry?.lastSent.get(path),
      resend: isResent(path, seenLive === undefined, sources, resend),
    };
    const seen = sendReason(field, view);
    if (seen === "unknown") unknown.push({ path, why: whyUncompared(value, field.stored, view) });
    else if (seen !== "same") {
      const blind = sendReason(field, blindView);
      fields.push(fieldChange(field, seen, blind === "same" || blind === "unknown" ? "secret" : "file"));
    }
  }
  return { fields, unknown };
}

/** Every managed field, as it is sent when the integration is created. */
export function createdFields(desired: IntegrationWithIds): FieldChange[] {
  return [...comparableDesired(desired)]
    .filter(([path]) => path !== "identifier")
    .map(([path, value]) => ({
      path,
      after: shownDesired(path, value),
      reason: "edited",
      compared_with: "nothing",
      basis: "file",
    }));
}

interface ComparedField {
  readonly path: string;
  readonly value: FieldValue;
  /** Undefined: it can't be seen. */
  readonly live: Json | undefined;
  readonly stored: StoredValue | undefined;
  readonly resend: boolean;
}

function sendReason(field: ComparedField, view: SecretView): SendReason | "same" | "unknown" {
  if (field.resend) return "resend";
  const sinceSent =
    field.stored === undefined ? "never" : compareWithStored(field.value, field.stored, field.path, view);
  if (field.live !== undefined) {
    const now = compareWithLive(field.value, field.live, view);
    if (now === "equal") return "same";
    if (now === "unknown") return "unknown";
    if (sinceSent === "equal") return "drift";
    return now === "rotated" && sinceSent !== "edited" ? "rotated" : "edited";
  }
  switch (sinceSent) {
    case "equal":
      return "same";
    case "never":
      if (!secretsIn(field.value).every((secret) => isReadable(secret, view))) return "unknown";
      // A field that is answered when it is set: the file has just named it.
      return isReturned(field.path) ? "edited" : "never-sent";
    case "edited":
    case "rotated":
    case "unknown":
      return sinceSent;
    default:
      return sinceSent satisfies never;
  }
}

function fieldChange(field: ComparedField, reason: SendReason, basis: FieldChange["basis"]): FieldChange {
  const { path, value } = field;
  const after = shownDesired(path, value);
  if (field.live !== undefined) {
    // What a reference gave stays hidden when the file names a literal now.
    const masked = secretsIn(value).length > 0 || isHiddenField(path) || holdsFingerprint(field.stored);
    return {
      path,
      before: masked ? hiddenMarker("live") : field.live,
      after,
      reason,
      compared_with: "live",
      basis,
    };
  }
  if (field.stored === undefined) return { path, after, reason, compared_with: "nothing", basis };
  const before = isHiddenField(path) ? hiddenMarker("last sent") : shownStoredValue(field.stored);
  return { path, before, after, reason, compared_with: "last sent", basis };
}

/** The desired value, safe to show: references by name, values of hidden fields not at all. */
function shownDesired(path: string, value: FieldValue): Json {
  // The API's own choice is compared as an empty one, and the file may name it.
  if (path === "auth_type" && value === DEFAULT_AUTH_TYPE) return DEFAULT_AUTH_TYPE_NAME;
  return isHiddenField(path) && secretsIn(value).length === 0 ? hiddenMarker("in the file") : shownValue(value);
}

function isHiddenField(path: string): boolean {
  return !path.startsWith("extra.") && fieldInfo(apiField(path))?.hidden === true;
}

/**
 * Permissions are replaced as a whole, so lists that the file doesn't name have to be sent back as they are live. When
 * an answer doesn't show them, nothing of them may be sent.
 */
function hasUnseenPermissions({ desired: { permissions }, live }: FieldSources): boolean {
  if (permissions === undefined || live === undefined || live.permissions !== undefined) return false;
  return permissions.users === undefined || permissions.groups === undefined;
}

/**
 * `lifecycle.rotate` and `--resend KEY` stand for every write-only value (of `extra`, what this answer doesn't show);
 * `--resend KEY.FIELD` for that field, whichever it is. `resend` holds what was asked for of this integration: `*` or
 * fields.
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
