import type { AccessLevel, SeenAccessLevel } from "./access-level.ts";
import type { Identity } from "./identity.ts";
import type { Secret } from "./secret.ts";

export type { AccessLevel } from "./access-level.ts";
export type { Scope } from "./identity.ts";

/** Success with a value, or a failure that the caller is expected to handle. Bugs are thrown instead. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failure<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** The name of an integration in the file and the lockfile; at creation also the API's `identifier`. */
export type Key = string;

/** Whether a text can be a key, by the same rule as `definitions.key` in the JSON Schema of `integrations.yaml`. */
export function isKey(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{0,199}$/.test(text);
}

/**
 * What pipelines refer to: an opaque `[A-Za-z0-9]+` that the server makes (24 hex digits, or about 26 letters and
 * digits).
 */
export type HashId = string;

/** Whether a text can be a hash. Only then is it safe in a URL path. */
export function isHashId(text: string): boolean {
  return /^[A-Za-z0-9]+$/.test(text);
}

/** No hash of Buddy is shorter. So a shorter text isn't looked up as a hash. */
export const SHORTEST_HASH = 20;

/** The workspace that a run works on. `api` is a base URL without a trailing slash, its path included. */
export interface Target {
  readonly api: string;
  readonly workspace: string;
}

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** JSON in which a string may be a reference to the environment. */
export type FieldValue =
  | null
  | boolean
  | number
  | string
  | Secret
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue };

/**
 * The body of a POST or PATCH: API field names to values. Secrets are unwrapped in `api/wire.ts` and nowhere before.
 */
export type Payload = ReadonlyMap<string, FieldValue>;

/** Settings of this tool, never sent to the API. Defaults: not protected, delete, no rotation number, managed. */
export interface Lifecycle {
  /** Never delete, never replace. */
  readonly protect: boolean;
  /** Former keys of the integration. */
  readonly movedFrom: readonly Key[];
  /** The existing integration to adopt. */
  readonly import?: HashId;
  /** The locked hash of an integration that was deleted for good, so that a new one may be created. */
  readonly recreate?: HashId;
  readonly onRemove: "delete" | "retain";
  /** Changing this number sends every write-only value again. */
  readonly rotate?: number;
  /** `unmanaged`: the credentials are made in the web page, and the file holds none. */
  readonly credentials: "managed" | "unmanaged";
}

/** A pipeline, person or group as the file writes it: by number, or by a name that the API has to resolve. */
export type PipelineRef = { readonly id: number } | { readonly project: string; readonly pipeline: string };
export type UserRef = { readonly id: number } | { readonly email: string } | { readonly name: string };
export type GroupRef = { readonly id: number } | { readonly name: string };

/** A pipeline, person or group with its number, and the name to show for it where one is known. */
export interface IdWithLabel {
  readonly id: number;
  readonly label?: string;
}

/** A pipeline that the file names and that does not exist yet. */
export interface PendingPipeline {
  readonly pending: string;
}

/** The access level of a person or group. `Level` is {@link SeenAccessLevel} in what the API returns. */
export interface Grant<Who, Level = AccessLevel> {
  readonly who: Who;
  readonly level: Level;
}

/** Lists that the file leaves out are not managed: they are sent as they are in the workspace. */
export interface Permissions<User, Group, Level = AccessLevel> {
  readonly admins: Level;
  readonly others: Level;
  readonly users?: readonly Grant<User, Level>[];
  readonly groups?: readonly Grant<Group, Level>[];
}

/** Permissions as the API returns them, or as they are sent. */
export type SeenPermissions = Permissions<IdWithLabel, IdWithLabel, SeenAccessLevel>;

/** One integration of the file, valid and with `defaults` merged; `Pipeline`, `User` and `Group` depend on the stage. */
export interface IntegrationOf<Pipeline, User, Group> extends Identity {
  readonly key: Key;
  /** Managed only when the file names it. */
  readonly identifier?: string;
  /**
   * Every other managed API field by its API name (`name`, `auth_type`, `token`, `role_assumptions`,
   * `all_pipelines_allowed`, …), without `permissions`, `allowed_pipelines` and `extra`.
   */
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** Fields of `extra`, by their API name. */
  readonly extra: ReadonlyMap<string, FieldValue>;
  readonly permissions?: Permissions<User, Group>;
  readonly allowedPipelines?: readonly Pipeline[];
  readonly lifecycle: Lifecycle;
}

/** An integration as the file describes it, with references looked up. */
export type IntegrationWithSecrets = IntegrationOf<PipelineRef, UserRef, GroupRef>;
/** The same, with names resolved to numbers. */
export type IntegrationWithIds = IntegrationOf<IdWithLabel | PendingPipeline, IdWithLabel, IdWithLabel>;

/** An integration as GET returns it, without secrets and write-only fields. */
export interface LiveIntegration {
  readonly hashId: HashId;
  readonly type: string;
  readonly name: string;
  /** Undefined if the response has none. */
  readonly identifier?: string;
  readonly scope?: string;
  readonly projectName?: string;
  readonly disabled: boolean;
  readonly permissions?: SeenPermissions;
  readonly allPipelinesAllowed?: boolean;
  readonly allowedPipelines?: readonly IdWithLabel[];
  /** Every other field of the response that is set, by its API name (`auth_type`, `app_id`, `audience`, …); null and missing mean the same. */
  readonly fields: ReadonlyMap<string, Json>;
}

/** An item of the list's short view. What is not listed may still exist: the token may not see it. */
export interface ListedIntegration {
  readonly hashId: HashId;
  readonly name: string;
  readonly type: string;
  readonly identifier?: string;
  /** Not documented for the short view; used if it is there. */
  readonly scope?: string;
  readonly projectName?: string;
}
