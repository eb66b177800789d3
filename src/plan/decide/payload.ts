import { accessLevelText, type SeenAccessLevel } from "../../model/access-level.ts";
import { credentialFields, fieldInfo, typeInfo } from "../../model/catalog.ts";
import type {
  IntegrationWithIds,
  Grant,
  LiveIntegration,
  IdWithLabel,
  Payload,
  PendingPipeline,
  SeenPermissions,
  FieldValue,
} from "../../model/integration.ts";
import { DEFAULT_AUTH_TYPE, isDefaultAuthType } from "../../model/server-defaults.ts";
import type { CarriedField, FieldChange } from "../field-change.ts";
import { apiField, comparableDesired } from "../compare/comparable.ts";

/** The body that creates the integration. */
export function createPayload(desired: IntegrationWithIds, identifier: string): Payload {
  return new Map<string, FieldValue>([
    ["type", desired.type],
    ["scope", desired.scope],
    ...(desired.projectName === undefined ? [] : [["project_name", desired.projectName] as const]),
    ...managedFields(desired),
    ["identifier", identifier],
  ]);
}

/** The body that creates a replacement: permissions, limits and notes that the file doesn't name are copied from the live one. */
export function replacementPayload(desired: IntegrationWithIds, live: LiveIntegration, identifier: string): Payload {
  const payload = new Map(createPayload(desired, identifier));
  const permissions = mergedPermissions(desired, live);
  if (permissions !== undefined) payload.set("permissions", permissionsValue(permissions));
  if (!payload.has("all_pipelines_allowed") && live.allPipelinesAllowed !== undefined) {
    payload.set("all_pipelines_allowed", live.allPipelinesAllowed);
  }
  if (!payload.has("allowed_pipelines") && live.allowedPipelines !== undefined) {
    payload.set("allowed_pipelines", pipelinesValue(live.allowedPipelines));
  }
  for (const [name, value] of notes(live)) if (!payload.has(name)) payload.set(name, value);
  return payload;
}

/** Public texts. They don't depend on the type, so they can be copied to any other. */
function notes({ fields }: LiveIntegration): [string, FieldValue][] {
  return [...fields].filter(([name]) => fieldInfo(name)?.public);
}

/** The part of an update that is sent. */
export interface SentFields {
  readonly fields: readonly Pick<FieldChange, "path">[];
  readonly carried: readonly CarriedField[];
}

/** The body of a PATCH for this update, with all fields that the API wants with it. */
export function updatePayload(
  desired: IntegrationWithIds,
  live: LiveIntegration,
  { fields, carried }: SentFields,
): Payload {
  const managed = managedFields(desired);
  const names = [...fields.map(({ path }) => apiField(path)), ...carried.map(({ name }) => name)];
  const asLive = new Set(carried.flatMap(({ name, value }) => (value === "live" ? [name] : [])));
  const payload = new Map<string, FieldValue>();
  for (const name of new Set(names)) {
    const value = asLive.has(name)
      ? liveCarriedValue(live, name)
      : (managed.get(name) ?? (name === "auth_type" ? live.fields.get(name) : undefined));
    if (value !== undefined) payload.set(name, value);
  }
  const permissions = mergedPermissions(desired, live);
  if (names.includes("permissions") && permissions !== undefined) {
    payload.set("permissions", permissionsValue(permissions));
  }
  return payload;
}

/** What the workspace has of a field that can go along as it is; undefined where it has none, or the API never shows it. */
export function liveCarriedValue({ name: ownName, fields }: LiveIntegration, name: string): string | undefined {
  if (name === "name") return ownName;
  const value = name === "auth_type" ? fields.get(name) : undefined;
  return typeof value === "string" ? value : undefined;
}

/**
 * API fields that are sent with a PATCH of these paths: `name` (documented as required), `auth_type` when it isn't the
 * default, and the whole credential set when one of AMAZON's changes, or when auth_type does. Not with every PATCH to
 * AMAZON: keys without roles may remove roles that were set in the web page.
 */
export function carriedApiFields(
  desired: IntegrationWithIds,
  live: LiveIntegration | undefined,
  paths: readonly string[],
): string[] {
  const changed = new Set(paths.map(apiField));
  const managed = comparableDesired(desired);
  const carried = new Set(["name"]);
  const authType = live?.fields.get("auth_type") ?? desired.fields.get("auth_type") ?? DEFAULT_AUTH_TYPE;
  if (!isDefaultAuthType(authType)) carried.add("auth_type");
  const credentials = [...credentialFields(desired.type)];
  const set = changed.has("auth_type")
    ? [...credentials, ...recipeFields(desired.type)]
    : desired.type === "AMAZON" && credentials.some((name) => changed.has(name))
      ? credentials
      : [];
  for (const name of set) if (managed.has(name)) carried.add(name);
  return [...carried].filter((name) => !changed.has(name)).toSorted();
}

function recipeFields(type: string): string[] {
  return (typeInfo(type)?.recipes ?? []).flatMap(({ required, optional }) => [...required, ...optional]);
}

/** Paths that the file doesn't name and that a replacement copies from the live one. */
export function carriedOverPaths(desired: IntegrationWithIds, live: LiveIntegration): string[] {
  const managed = comparableDesired(desired);
  const paths = [
    ...(live.permissions === undefined
      ? []
      : ["permissions.admins", "permissions.others", "permissions.users", "permissions.groups"]),
    ...(live.allPipelinesAllowed === undefined ? [] : ["all_pipelines_allowed"]),
    ...(live.allowedPipelines === undefined ? [] : ["allowed_pipelines"]),
    ...notes(live).map(([name]) => name),
  ];
  return paths.filter((path) => !managed.has(path)).toSorted();
}

/** The managed fields as they are sent, by API name. */
function managedFields(desired: IntegrationWithIds): Map<string, FieldValue> {
  const fields = new Map<string, FieldValue>([...desired.fields, ...desired.extra]);
  if (desired.identifier !== undefined) fields.set("identifier", desired.identifier);
  if (desired.allowedPipelines !== undefined) fields.set("allowed_pipelines", pipelinesValue(desired.allowedPipelines));
  if (desired.permissions !== undefined) fields.set("permissions", permissionsValue(desired.permissions));
  return fields;
}

/** The API replaces permissions as a whole: lists that the file doesn't name are sent as they are live. */
export function mergedPermissions(desired: IntegrationWithIds, live: LiveIntegration): SeenPermissions | undefined {
  const wanted = desired.permissions;
  if (wanted === undefined) return live.permissions;
  const users = wanted.users ?? live.permissions?.users;
  const groups = wanted.groups ?? live.permissions?.groups;
  return {
    admins: wanted.admins,
    others: wanted.others,
    ...(users === undefined ? {} : { users }),
    ...(groups === undefined ? {} : { groups }),
  };
}

function permissionsValue({ admins, others, users, groups }: SeenPermissions): FieldValue {
  return {
    admins: accessLevelText(admins),
    others: accessLevelText(others),
    ...(users === undefined ? {} : { users: grantsValue(users) }),
    ...(groups === undefined ? {} : { groups: grantsValue(groups) }),
  };
}

/** In the order in which a plan shows them, so that files with equal plans send equal bodies. */
function grantsValue(grants: readonly Grant<IdWithLabel, SeenAccessLevel>[]): FieldValue {
  return grants
    .toSorted((a, b) => a.who.id - b.who.id)
    .map(({ who, level }) => ({ id: who.id, access_level: accessLevelText(level) }));
}

/** Pipelines that don't exist yet are left out; apply reports such an integration as failed before it sends anything. */
function pipelinesValue(pipelines: readonly (IdWithLabel | PendingPipeline)[]): FieldValue {
  const ids = new Set(pipelines.flatMap((pipeline) => ("id" in pipeline ? [pipeline.id] : [])));
  return [...ids].toSorted((a, b) => a - b).map((id) => ({ id }));
}
