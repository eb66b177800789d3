import { fieldInfo } from "../../model/catalog.ts";
import type { LockEntry, StoredValue } from "../../model/lockfile.ts";
import type { IntegrationWithIds, Json, LiveIntegration, FieldValue } from "../../model/integration.ts";
import type { FingerprintKey } from "../../model/secret.ts";
import {
  apiField,
  comparableDesired,
  comparableLive,
  DEFAULT_AUTH_TYPE,
  isReturned,
  isWriteOnly,
  seenValue,
} from "./comparable.ts";
import type { FieldChange, SendReason, UncomparedField } from "../change.ts";
import {
  compareWithLive,
  compareWithStored,
  hiddenMarker,
  holdsFingerprint,
  secretsIn,
  shownValue,
  shownStoredValue,
  whyUncompared,
  type SecretView,
} from "./compare-values.ts";

/** The three sides of a comparison, for one integration. */
export interface FieldSources {
  readonly desired: IntegrationWithIds;
  /** Absent when planning offline: then nothing live can be seen. */
  readonly live?: LiveIntegration;
  /** Absent when the lockfile doesn't know the integration yet. */
  readonly entry?: LockEntry;
  readonly hashId: string;
  readonly key?: FingerprintKey;
}

/** What differs and what can't be told. */
export interface FieldComparison {
  readonly fields: readonly FieldChange[];
  readonly unknown: readonly UncomparedField[];
}

/** Compares every managed field three ways: the file, what was last sent, and what is live. */
export function compareFields(sides: FieldSources, resend: readonly string[]): FieldComparison {
  const live: ReadonlyMap<string, Json> = sides.live ? comparableLive(sides.live) : new Map();
  const fields: FieldChange[] = [];
  const unknown: UncomparedField[] = [];
  const sight: SecretView = { peek: true, hashId: sides.hashId, ...optionalFingerprintKey(sides.key) };
  const unseen = hasUnseenPermissions(sides);
  for (const [path, value] of comparableDesired(sides.desired)) {
    if (unseen && apiField(path) === "permissions") {
      unknown.push({ path, why: "not-shown" });
      continue;
    }
    const seenLive = seenValue(live, path, value);
    const side: ComparedField = {
      path,
      value,
      live: seenLive,
      stored: sides.entry?.lastSent.get(path),
      resend: isResent(path, seenLive === undefined, sides, resend),
    };
    const seen = sendReason(side, sight);
    if (seen === "unknown") unknown.push({ path, why: whyUncompared(value, side.stored, sight) });
    else if (seen !== "same") {
      const blind = sendReason(side, { peek: false, hashId: sides.hashId });
      fields.push(fieldChange(side, seen, blind === "same" || blind === "unknown" ? "secret" : "file"));
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

function sendReason(side: ComparedField, sight: SecretView): SendReason | "same" | "unknown" {
  if (side.resend) return "resend";
  const sinceSent = side.stored === undefined ? "never" : compareWithStored(side.value, side.stored, side.path, sight);
  if (side.live !== undefined) {
    const now = compareWithLive(side.value, side.live, sight);
    if (now === "equal") return "same";
    if (now === "unknown") return "unknown";
    if (sinceSent === "equal") return "drift";
    return now === "rotated" && sinceSent !== "edited" ? "rotated" : "edited";
  }
  switch (sinceSent) {
    case "equal":
      return "same";
    case "never":
      if (!secretsIn(side.value).every((secret) => sight.peek && secret.known)) return "unknown";
      // A field that is answered when it is set: the file has just named it.
      return isReturned(side.path) ? "edited" : "never-sent";
    case "edited":
    case "rotated":
    case "unknown":
      return sinceSent;
    default:
      return sinceSent satisfies never;
  }
}

function fieldChange(side: ComparedField, reason: SendReason, basis: FieldChange["basis"]): FieldChange {
  const { path, value } = side;
  const after = shownDesired(path, value);
  if (side.live !== undefined) {
    // What a reference gave stays hidden when the file names a literal now.
    const masked = secretsIn(value).length > 0 || isHiddenField(path) || holdsFingerprint(side.stored);
    return {
      path,
      before: masked ? hiddenMarker("live") : side.live,
      after,
      reason,
      compared_with: "live",
      basis,
    };
  }
  if (side.stored === undefined) return { path, after, reason, compared_with: "nothing", basis };
  const before = isHiddenField(path) ? hiddenMarker("last sent") : shownStoredValue(side.stored);
  return { path, before, after, reason, compared_with: "last sent", basis };
}

/** The desired value, safe to show: references by name, values of hidden fields not at all. */
function shownDesired(path: string, value: FieldValue): Json {
  // The API's own choice is compared as an empty one, and the file may name it.
  if (path === "auth_type" && value === DEFAULT_AUTH_TYPE) return "DEFAULT";
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

function optionalFingerprintKey(key: FingerprintKey | undefined): { readonly key?: FingerprintKey } {
  return key === undefined ? {} : { key };
}
