import type {
  GroupRecord,
  MemberRecord,
  PermissionSetRecord,
  PipelineRecord,
  PresetHash,
  ProjectRecord,
  StoredIntegration,
  TokenRecord,
  UserRecord,
  WorkspaceRecord,
} from "./types.ts";

/** What a workspace holds, by table. Keys: a project's name, an integration's hash_id, otherwise the number. */
interface WorkspaceTables {
  readonly project: ProjectRecord;
  readonly pipeline: PipelineRecord;
  readonly integration: StoredIntegration;
  readonly group: GroupRecord;
  readonly member: MemberRecord;
  readonly permission: PermissionSetRecord;
}
type TableName = keyof WorkspaceTables;

export interface WorkspaceState {
  record: WorkspaceRecord;
  readonly tables: { readonly [Name in TableName]: Map<string, WorkspaceTables[Name]> };
  /** How many integrations have each identifier. */
  readonly identifiers: Map<string, number>;
  /** Counts changes, for caches. */
  version: number;
}

interface LinkBases {
  readonly api: string;
  readonly app: string;
}

/** Everything that the emulator remembers. Only {@link applyChange} changes it. */
export interface EmulatorState {
  readonly workspaces: Map<string, WorkspaceState>;
  readonly tokens: Map<string, TokenRecord>;
  readonly users: Map<number, UserRecord>;
  presets: readonly PresetHash[];
  /** Bases of the links in answers; undefined: where the emulator listens. */
  links: LinkBases | undefined;
  nextId: number;
}

type PutChange = {
  readonly [Name in TableName]: {
    readonly op: "put";
    readonly ws: string;
    readonly table: Name;
    readonly value: WorkspaceTables[Name];
  };
}[TableName];

/** One step from a state to the next; plain JSON, a line of the data file holds those that belong together. */
export type StateChange =
  | PutChange
  | { readonly op: "drop"; readonly ws: string; readonly table: TableName; readonly key: string }
  | { readonly op: "workspace"; readonly value: WorkspaceRecord }
  | { readonly op: "drop-workspace"; readonly key: string }
  | { readonly op: "user"; readonly value: UserRecord }
  | { readonly op: "token"; readonly value: TokenRecord }
  | { readonly op: "drop-token"; readonly key: string }
  | { readonly op: "presets"; readonly value: readonly PresetHash[] }
  | { readonly op: "links"; readonly value: LinkBases }
  | { readonly op: "next-id"; readonly value: number };

export function emptyState(): EmulatorState {
  return { workspaces: new Map(), tokens: new Map(), users: new Map(), presets: [], links: undefined, nextId: 1 };
}

/** Throws when the change names a workspace that isn't there: the data file is damaged. */
export function applyChange(state: EmulatorState, change: StateChange): void {
  switch (change.op) {
    case "put":
      return applyPut(state, change);
    case "drop": {
      const workspace = workspaceOf(state, change.ws);
      if (change.table === "integration") countIdentifier(workspace, workspace.tables.integration.get(change.key), -1);
      workspace.tables[change.table].delete(change.key);
      workspace.version += 1;
      return;
    }
    case "workspace": {
      const existing = state.workspaces.get(change.value.domain);
      if (existing === undefined) state.workspaces.set(change.value.domain, emptyWorkspace(change.value));
      else existing.record = change.value;
      return raiseNextId(state, change.value.id);
    }
    case "drop-workspace":
      state.workspaces.delete(change.key);
      return;
    case "user":
      state.users.set(change.value.id, change.value);
      return raiseNextId(state, change.value.id);
    case "token":
      state.tokens.set(change.value.token, change.value);
      return;
    case "drop-token":
      state.tokens.delete(change.key);
      return;
    case "presets":
      state.presets = change.value;
      return;
    case "links":
      state.links = change.value;
      return;
    case "next-id":
      return raiseNextId(state, change.value - 1);
  }
}

/** The changes that turn an empty state into this one: the compact form of the data file. */
export function* snapshot(state: EmulatorState): Generator<StateChange> {
  for (const value of state.users.values()) yield { op: "user", value };
  for (const value of state.tokens.values()) yield { op: "token", value };
  for (const [ws, workspace] of state.workspaces) {
    yield { op: "workspace", value: workspace.record };
    for (const value of workspace.tables.project.values()) yield { op: "put", ws, table: "project", value };
    for (const value of workspace.tables.pipeline.values()) yield { op: "put", ws, table: "pipeline", value };
    for (const value of workspace.tables.group.values()) yield { op: "put", ws, table: "group", value };
    for (const value of workspace.tables.member.values()) yield { op: "put", ws, table: "member", value };
    for (const value of workspace.tables.permission.values()) yield { op: "put", ws, table: "permission", value };
    for (const value of workspace.tables.integration.values()) yield { op: "put", ws, table: "integration", value };
  }
  if (state.links !== undefined) yield { op: "links", value: state.links };
  if (state.presets.length > 0) yield { op: "presets", value: state.presets };
  yield { op: "next-id", value: state.nextId };
}

function applyPut(state: EmulatorState, change: PutChange): void {
  const workspace = workspaceOf(state, change.ws);
  workspace.version += 1;
  switch (change.table) {
    case "integration":
      countIdentifier(workspace, workspace.tables.integration.get(change.value.hash_id), -1);
      countIdentifier(workspace, change.value, 1);
      workspace.tables.integration.set(change.value.hash_id, change.value);
      return;
    case "project":
      workspace.tables.project.set(change.value.name, change.value);
      return;
    case "pipeline":
    case "group":
    case "member":
    case "permission": {
      const table: Map<string, unknown> = workspace.tables[change.table];
      table.set(String(change.value.id), change.value);
      raiseNextId(state, change.value.id);
    }
  }
}

function emptyWorkspace(record: WorkspaceRecord): WorkspaceState {
  return {
    record,
    tables: {
      project: new Map(),
      pipeline: new Map(),
      integration: new Map(),
      group: new Map(),
      member: new Map(),
      permission: new Map(),
    },
    identifiers: new Map(),
    version: 0,
  };
}

function countIdentifier(workspace: WorkspaceState, it: StoredIntegration | undefined, by: 1 | -1): void {
  if (it === undefined) return;
  const now = (workspace.identifiers.get(it.identifier) ?? 0) + by;
  if (now === 0) workspace.identifiers.delete(it.identifier);
  else workspace.identifiers.set(it.identifier, now);
}

function workspaceOf(state: EmulatorState, name: string): WorkspaceState {
  const workspace = state.workspaces.get(name);
  if (workspace === undefined) throw new Error(`the data file changes workspace "${name}" before it makes it`);
  return workspace;
}

function raiseNextId(state: EmulatorState, id: number): void {
  if (id >= state.nextId) state.nextId = id + 1;
}
