import { accessLevelText, type SeenAccessLevel } from "../../model/access-level.ts";
import { fieldInfo } from "../../model/catalog.ts";
import type {
  IntegrationWithIds,
  Grant,
  Json,
  LiveIntegration,
  IdWithLabel,
  PendingPipeline,
  FieldValue,
} from "../../model/integration.ts";
import { canonicalAuthType, DEFAULT_AUTH_TYPE } from "../../model/server-defaults.ts";
import { compareTexts, plainProse } from "../../model/text.ts";

/**
 * Fields by path, in a form that can be compared without further knowledge: `name`, `auth_type`,
 * `permissions.admins`, `permissions.users`, `allowed_pipelines`, `extra.NAME`… All knowledge about order and
 * server-managed fields is here; defaults are in `model/server-defaults.ts`.
 */
export type ComparableFields<V> = ReadonlyMap<string, V>;

/** The managed fields, sorted by path; `type`, `scope` and `project_name`, which can't change, aren't among them. */
export const comparableDesired: (desired: IntegrationWithIds) => ComparableFields<FieldValue> =
  rememberLast(fieldsOfDesired);

function fieldsOfDesired(desired: IntegrationWithIds): ComparableFields<FieldValue> {
  const fields: [string, FieldValue][] = [];
  if (desired.identifier !== undefined) fields.push(["identifier", desired.identifier]);
  for (const [name, value] of desired.fields) {
    fields.push([name, name === "auth_type" ? canonicalAuthType(desired.type, value) : value]);
  }
  for (const [name, value] of desired.extra) fields.push([`extra.${name}`, value]);
  if (desired.allowedPipelines !== undefined) {
    fields.push(["allowed_pipelines", pipelineIds(desired.allowedPipelines)]);
  }
  const { permissions } = desired;
  if (permissions !== undefined) {
    fields.push(["permissions.admins", permissions.admins], ["permissions.others", permissions.others]);
    if (permissions.users !== undefined) fields.push(["permissions.users", sortedGrants(permissions.users)]);
    if (permissions.groups !== undefined) fields.push(["permissions.groups", sortedGrants(permissions.groups)]);
  }
  return sortedByPath(fields);
}

/** The same for a response. A missing field is unknown: the API never returns it, or left it out this time. */
export const comparableLive: (live: LiveIntegration) => ComparableFields<Json> = rememberLast(fieldsOfLive);

function fieldsOfLive(live: LiveIntegration): ComparableFields<Json> {
  const fields: [string, Json][] = [["name", live.name]];
  if (live.identifier !== undefined) fields.push(["identifier", live.identifier]);
  if (live.allPipelinesAllowed !== undefined) fields.push(["all_pipelines_allowed", live.allPipelinesAllowed]);
  if (live.allowedPipelines !== undefined) fields.push(["allowed_pipelines", pipelineIds(live.allowedPipelines)]);
  if (live.permissions !== undefined) {
    fields.push(
      ["permissions.admins", accessLevelText(live.permissions.admins)],
      ["permissions.others", accessLevelText(live.permissions.others)],
      // A list that the response leaves out is empty (null and missing mean the same).
      ["permissions.users", sortedGrants(live.permissions.users ?? [])],
      ["permissions.groups", sortedGrants(live.permissions.groups ?? [])],
    );
  }
  for (const [name, value] of live.fields) {
    const info = fieldInfo(name);
    if (info === undefined) fields.push([`extra.${name}`, value]);
    else if (name === "auth_type") fields.push([name, canonicalAuthType(live.type, value)]);
    else if (info.returned) fields.push([name, info.public && typeof value === "string" ? plainProse(value) : value]);
  }
  return sortedByPath(fields);
}

/**
 * The returned value to compare with a desired one; undefined if it is unknown. A response without auth_type equals
 * the default, but doesn't contradict another value: servers leave it out for types that have only one.
 */
export function seenValue(answer: ComparableFields<Json>, path: string, desired: FieldValue): Json | undefined {
  const seen = answer.get(path);
  return seen === undefined && path === "auth_type" && desired === DEFAULT_AUTH_TYPE ? DEFAULT_AUTH_TYPE : seen;
}

/** The API field that a path belongs to, which is what is sent: `permissions.users` is part of `permissions`. */
export function apiField(path: string): string {
  if (path.startsWith("permissions.")) return "permissions";
  return path.startsWith("extra.") ? path.slice("extra.".length) : path;
}

/** Whether the API never returns this field, so that only the last sent value is known. */
export function isWriteOnly(path: string): boolean {
  const info = fieldInfo(apiField(path));
  return info !== undefined && !path.startsWith("extra.") && !info.returned;
}

/** Whether the API returns this field when it is set; false for undocumented fields, of which this isn't known. */
export function isReturned(path: string): boolean {
  return !path.startsWith("extra.") && fieldInfo(apiField(path))?.returned === true;
}

/** Sorted numbers without repeats, then the names of pipelines that don't exist yet. */
function pipelineIds(pipelines: readonly (IdWithLabel | PendingPipeline)[]): Json & readonly Json[] {
  const ids = new Set(pipelines.flatMap((pipeline) => ("id" in pipeline ? [pipeline.id] : [])));
  const pending = new Set(pipelines.flatMap((pipeline) => ("pending" in pipeline ? [pipeline.pending] : [])));
  return [...[...ids].toSorted((a, b) => a - b), ...[...pending].toSorted().map((name) => ({ $pending: name }))];
}

function sortedGrants(list: readonly Grant<IdWithLabel, SeenAccessLevel>[]): Json & readonly Json[] {
  return list
    .map(({ who, level }) => ({ id: who.id, access_level: accessLevelText(level) }))
    .toSorted((a, b) => a.id - b.id || compareTexts(a.access_level, b.access_level));
}

/**
 * Remembers the last result: planning needs the fields of one integration many times before it goes on to the next one.
 * This is safe since no input is changed in place.
 */
function rememberLast<T extends object, R>(make: (from: T) => R): (from: T) => R {
  let last: { readonly from: T; readonly made: R } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, made: make(from) };
    return last.made;
  };
}

function sortedByPath<V>(fields: readonly (readonly [string, V])[]): ComparableFields<V> {
  return new Map(fields.toSorted(([a], [b]) => compareTexts(a, b)));
}
