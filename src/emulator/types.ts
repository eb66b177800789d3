/** Plain JSON. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export type StoredAccessLevel = "MANAGE" | "USE_ONLY" | "DENIED";

export interface StoredGrant {
  readonly id: number;
  readonly access_level: StoredAccessLevel;
}

export interface StoredPermissions {
  readonly others: StoredAccessLevel;
  readonly admins: StoredAccessLevel;
  readonly users: readonly StoredGrant[];
  readonly groups: readonly StoredGrant[];
}

/**
 * An integration as the emulator keeps it: API fields by their API names, the write-only ones (`token`, `secret_key`,
 * `role_assumptions`, …) among them. `url_id` is the other identifier that the documented `url` carries.
 */
export interface StoredIntegration {
  readonly hash_id: string;
  readonly url_id: string;
  readonly type: string;
  readonly name: string;
  readonly identifier: string;
  readonly scope: string;
  readonly project_name?: string;
  /** Empty for plain token types. */
  readonly auth_type: string;
  readonly disabled: boolean;
  readonly permissions: StoredPermissions;
  readonly all_pipelines_allowed: boolean;
  readonly allowed_pipelines: readonly { readonly id: number }[];
  readonly [field: string]: unknown;
}

export interface WorkspaceRecord {
  readonly id: number;
  readonly domain: string;
  readonly name: string;
  readonly owner_id: number;
  /** "Only active workspace have access to API". */
  readonly frozen: boolean;
  /** "API is disabled in this workspace". */
  readonly api_disabled: boolean;
  readonly create_date: string;
}

export interface ProjectRecord {
  /** The slug that paths and `project_name` use. */
  readonly name: string;
  readonly display_name: string;
  readonly create_date: string;
  readonly created_by: number;
  /** The hash of the integration that links it to its Git provider. */
  readonly integration_hash?: string;
  /** Numbers of the people who cannot see it. */
  readonly hidden_from?: readonly number[];
  /** Ids of its environments by their identifiers. */
  readonly environments?: Readonly<Record<string, string>>;
  /** Other fields that a view shows. */
  readonly rest: JsonObject;
}

/** An action of a pipeline, with all its fields as sent: `integration_hash` or `integration` says what it uses. */
export interface ActionRecord extends JsonObject {
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

export interface PipelineRecord {
  readonly id: number;
  readonly project: string;
  readonly name: string;
  readonly identifier: string;
  readonly create_date: string;
  readonly creator: number;
  readonly actions: readonly ActionRecord[];
  readonly rest: JsonObject;
}

export interface GroupRecord {
  readonly id: number;
  readonly name: string;
  /** Empty for none. */
  readonly description: string;
  readonly members: readonly number[];
  /** Members whose status is MANAGER. Absent in data files of version 0.1. */
  readonly managers?: readonly number[];
  readonly rest: JsonObject;
}

export interface MemberRecord {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly admin: boolean;
  readonly workspace_owner: boolean;
  readonly rest: JsonObject;
}

export interface PermissionSetRecord {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly rest: JsonObject;
}

/** A person behind tokens; a member of workspaces under the same number. */
export interface UserRecord {
  readonly id: number;
  readonly name: string;
  readonly email: string;
}

export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  /** The credential itself. */
  readonly token: string;
  readonly user_id: number;
  readonly scopes: readonly string[];
  /** Handles that the token is limited to; none: all. */
  readonly workspace_restrictions: readonly string[];
  readonly ip_restrictions: readonly string[];
  readonly expires_at: string;
  /** Gets 401 after this many requests; absent: never. */
  readonly expires_after?: number;
}

/** The hashes of the next creations, so that recorded responses can be matched byte for byte. */
export interface PresetHash {
  readonly hash_id: string;
  readonly url_id: string;
}
