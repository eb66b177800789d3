import type { IntegrationWriter } from "../../src/apply/step.ts";
import { fieldInfo } from "../../src/model/catalog.ts";
import { seenAccessLevel, type SeenAccessLevel } from "../../src/model/access-level.ts";
import type {
  FieldValue,
  HashId,
  ListedIntegration,
  LiveIntegration,
  Payload,
  SeenPermissions,
} from "../../src/model/integration.ts";
import { isList, isMap } from "../../src/model/json.ts";
import { success } from "../../src/model/integration.ts";
import type { ObservedWorkspace } from "../../src/plan/input.ts";
import { projectOfPart } from "../../src/plan/match/list-parts.ts";

/** An API without a server. It returns what it receives, and records every write. */
export interface RecordingApi extends IntegrationWriter {
  /** `POST {…}`, `PATCH HASH {…}`, `DELETE HASH`. A reference is shown by the name of its variable. */
  readonly writes: readonly string[];
  /** The current integrations of the workspace. */
  readonly views: ReadonlyMap<HashId, LiveIntegration | undefined>;
}

export function recordingApi({ live, parts }: ObservedWorkspace): RecordingApi {
  const writes: string[] = [];
  const views = new Map<HashId, LiveIntegration | undefined>(live);
  const write = (method: string, payload?: Payload): void => {
    writes.push(
      payload === undefined
        ? method
        : `${method} ${JSON.stringify([...payload].toSorted(([a], [b]) => (a < b ? -1 : 1)))}`,
    );
  };
  const update = (hashId: HashId, payload: Payload): Promise<{ ok: true; value: LiveIntegration | undefined }> => {
    write(`PATCH ${hashId}`, payload);
    const before = views.get(hashId);
    const after = before && {
      ...before,
      ...viewOf(payload),
      fields: new Map([...before.fields, ...returned(payload)]),
    };
    views.set(hashId, after);
    return Promise.resolve(success(after));
  };
  return {
    writes,
    views,
    get: (hashId) => Promise.resolve(success(views.get(hashId))),
    list: (project) => {
      const found = [...parts].find(([part]) => projectOfPart(part) === project)?.[1];
      const listed: readonly ListedIntegration[] = found === undefined || "why" in found ? [] : found;
      return Promise.resolve(success(listed));
    },
    create: (payload) => {
      write("POST", payload);
      let hashId = `new${writes.length}`;
      // A second run must not create the same hash again.
      while (views.has(hashId)) hashId = `${hashId}x`;
      const view: LiveIntegration = {
        hashId,
        type: textOf(payload, "type") ?? "",
        name: "",
        disabled: false,
        ...viewOf(payload),
        fields: new Map(returned(payload)),
      };
      views.set(hashId, view);
      return Promise.resolve(success(view));
    },
    update,
    restore: update,
    remove: (hashId) => {
      write(`DELETE ${hashId}`);
      views.set(hashId, undefined);
      return Promise.resolve(success("deleted"));
    },
  };
}

function viewOf(payload: Payload): Partial<LiveIntegration> {
  const [name, identifier] = [textOf(payload, "name"), textOf(payload, "identifier")];
  const [scope, projectName] = [textOf(payload, "scope"), textOf(payload, "project_name")];
  return {
    ...(name === undefined ? {} : { name }),
    ...(identifier === undefined ? {} : { identifier }),
    ...(scope === undefined ? {} : { scope }),
    ...(projectName === undefined ? {} : { projectName }),
    ...limitsOf(payload),
  };
}

function limitsOf(payload: Payload): Partial<LiveIntegration> {
  const [permissions, all, pipelines] = ["permissions", "all_pipelines_allowed", "allowed_pipelines"].map((name) =>
    payload.get(name),
  );
  return {
    ...(isMap(permissions) ? { permissions: permissionsOf(permissions) } : {}),
    ...(typeof all === "boolean" ? { allPipelinesAllowed: all } : {}),
    ...(isList(pipelines)
      ? { allowedPipelines: pipelines.flatMap((each) => (isMap(each) ? [{ id: Number(each["id"]) }] : [])) }
      : {}),
  };
}

function permissionsOf(sent: { readonly [name: string]: FieldValue }): SeenPermissions {
  const level = (value: FieldValue | undefined): SeenAccessLevel =>
    seenAccessLevel(typeof value === "string" ? value : "");
  const grants = (value: FieldValue | undefined): SeenPermissions["users"] & object =>
    isList(value)
      ? value.flatMap((each) =>
          isMap(each) ? [{ who: { id: Number(each["id"]) }, level: level(each["access_level"]) }] : [],
        )
      : [];
  return {
    admins: level(sent["admins"]),
    others: level(sent["others"]),
    users: grants(sent["users"]),
    groups: grants(sent["groups"]),
  };
}

function returned(payload: Payload): [string, string][] {
  return [...payload].flatMap(([name, value]): [string, string][] =>
    fieldInfo(name)?.returned && typeof value === "string" ? [[name, value]] : [],
  );
}

function textOf(payload: Payload, name: string): string | undefined {
  const value = payload.get(name);
  return typeof value === "string" ? value : undefined;
}
