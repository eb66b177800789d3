import type { IntegrationWriter } from "../../src/apply/step.ts";
import { fieldInfo } from "../../src/model/catalog.ts";
import type { HashId, ListedIntegration, LiveIntegration, Payload } from "../../src/model/integration.ts";
import { success } from "../../src/model/integration.ts";
import type { ObservedWorkspace } from "../../src/plan/input.ts";
import { projectOfPart } from "../../src/plan/match/list-parts.ts";

/** An API without a server: it returns what it was sent, and keeps every write. */
export interface RecordingApi extends IntegrationWriter {
  /** `POST {…}`, `PATCH HASH {…}`, `DELETE HASH`: each value of a reference is its variable's name. */
  readonly writes: readonly string[];
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
    get: (hashId) => Promise.resolve(success(views.get(hashId))),
    list: (project) => {
      const found = [...parts].find(([part]) => projectOfPart(part) === project)?.[1];
      const listed: readonly ListedIntegration[] = found === undefined || "why" in found ? [] : found;
      return Promise.resolve(success(listed));
    },
    create: (payload) => {
      write("POST", payload);
      const hashId = `new${writes.length}`;
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
