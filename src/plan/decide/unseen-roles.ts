import { credentialFields } from "../../model/catalog.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import type { IntegrationWithIds, LiveIntegration } from "../../model/integration.ts";
import type { Refusal } from "../change.ts";
import type { FieldChange } from "../field-change.ts";
import { apiField, comparableDesired } from "../compare/comparable.ts";
import { knownRoles } from "../compare/lock-entry.ts";
import { carriedApiFields } from "./payload.ts";

/**
 * The API never shows the roles of an AWS integration, and removes them when it is sent keys without them. So no such
 * field is sent while the roles are unknown.
 */
export function rolesRefusal(
  desired: IntegrationWithIds,
  live: LiveIntegration,
  entry: LockEntry | undefined,
  fields: readonly FieldChange[],
): Refusal | undefined {
  if (!areRolesUnseen(desired, entry)) return undefined;
  const sends = (paths: readonly string[]): boolean => sendsCredentials(desired, live, paths);
  if (!sends(fields.map(({ path }) => path))) return undefined;
  const isReviewed = sends(fields.flatMap(({ path, basis }) => (basis === "file" ? [path] : [])));
  return { ...REFUSAL, ...(isReviewed ? {} : { basis: "secret" as const }) };
}

/** The same for one that replaces another AWS integration. */
export function rolesLostRefusal(
  desired: IntegrationWithIds,
  formerType: string,
  entry: LockEntry | undefined,
): Refusal | undefined {
  if (formerType !== "AMAZON" || !areRolesUnseen(desired, entry)) return undefined;
  return sendsCredentials(desired, undefined, [...comparableDesired(desired).keys()]) ? REFUSAL : undefined;
}

/** Whether the roles of an AWS integration are neither in the file nor known to be none. */
export function areRolesUnseen(desired: IntegrationWithIds, entry: LockEntry | undefined): boolean {
  if (desired.type !== "AMAZON" || desired.fields.has("role_assumptions")) return false;
  const known = knownRoles(entry);
  return !(Array.isArray(known) && known.length === 0);
}

/** Whether this field can't be sent without the roles. */
export function isSentWithRoles(path: string): boolean {
  const field = apiField(path);
  return field === "auth_type" || field === "audience" || credentialFields("AMAZON").has(field);
}

function sendsCredentials(
  desired: IntegrationWithIds,
  live: LiveIntegration | undefined,
  paths: readonly string[],
): boolean {
  // An auth_type that is only sent along equals the live one.
  const carried = carriedApiFields(desired, live, paths).filter((name) => name !== "auth_type");
  return [...paths, ...carried].some((path) => isSentWithRoles(path));
}

const REFUSAL: Refusal = {
  code: "roles-unseen",
  message:
    "sending new AWS credentials without role_assumptions would remove roles that were set in the web page; the API never shows these",
  hint: "name role_assumptions in the file, with every role; [] says that there are none",
};
