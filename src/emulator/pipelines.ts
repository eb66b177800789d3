import type { Answer } from "./answer.ts";
import { created, noContent, notFound, ok, refuse } from "./answer.ts";
import type { Call } from "./call.ts";
import { page } from "./call.ts";
import { memberView } from "./members.ts";
import { slug } from "./names.ts";
import { shortProject } from "./projects.ts";
import type { ActionRecord, JsonObject, PipelineRecord } from "./types.ts";
import { pipelineLinks } from "./views.ts";

export function listPipelines(call: Call): Answer {
  const project = projectOf(call);
  if (project === undefined) return notFound("Project");
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/projects/${project.name}/pipelines`,
    html_url: `${call.links.app}/${call.ws}/${project.name}/pipelines`,
    pipelines: page(call, pipelinesOf(call)).map((pipeline) => view(call, pipeline)),
  });
}

export function getPipeline(call: Call): Answer {
  const pipeline = find(call);
  return pipeline === undefined ? notFound("Pipeline") : ok(view(call, pipeline));
}

export function createPipeline(call: Call): Answer {
  const project = projectOf(call);
  if (project === undefined) return notFound("Project");
  const { name, identifier, ...rest } = call.body;
  if (typeof name !== "string" || name === "") return refuse(400, 'Field "name" is required');
  const taken = new Set(pipelinesOf(call).map((pipeline) => pipeline.identifier));
  const value: PipelineRecord = {
    id: call.store.nextId(),
    project: project.name,
    name,
    identifier: typeof identifier === "string" ? identifier : slug(name, "_", (candidate) => taken.has(candidate)),
    create_date: call.now.toISOString(),
    creator: call.user.id,
    actions: [],
    rest,
  };
  put(call, value);
  return created(view(call, value));
}

export function editPipeline(call: Call): Answer {
  const pipeline = find(call);
  if (pipeline === undefined) return notFound("Pipeline");
  const { name, identifier, ...rest } = call.body;
  const value = {
    ...pipeline,
    name: typeof name === "string" && name !== "" ? name : pipeline.name,
    identifier: typeof identifier === "string" ? identifier : pipeline.identifier,
    rest: { ...pipeline.rest, ...rest },
  };
  put(call, value);
  return ok(view(call, value));
}

export function deletePipeline(call: Call): Answer {
  const pipeline = find(call);
  if (pipeline === undefined) return notFound("Pipeline");
  call.store.commit({ op: "drop", ws: call.ws, table: "pipeline", key: String(pipeline.id) });
  return noContent();
}

export function listActions(call: Call): Answer {
  const pipeline = find(call);
  if (pipeline === undefined) return notFound("Pipeline");
  return ok({
    ...pipelineLinks(call.links, call.ws, pipeline.project, pipeline.id),
    actions: pipeline.actions.map(actionView),
  });
}

/** Enough of an action to use an integration. */
export function addAction(call: Call): Answer {
  const pipeline = find(call);
  if (pipeline === undefined) return notFound("Pipeline");
  const { name, type, integration_hash: hash, integration } = call.body;
  if (typeof name !== "string" || name === "") return refuse(400, 'Field "name" is required');
  const action: ActionRecord = {
    id: call.store.nextId(),
    name,
    type: typeof type === "string" ? type : "BUILD",
    ...(typeof hash === "string" ? { integration_hash: hash } : {}),
    ...(typeof integration === "string" ? { integration } : {}),
  };
  call.store.commit(
    { op: "put", ws: call.ws, table: "pipeline", value: { ...pipeline, actions: [...pipeline.actions, action] } },
    { op: "next-id", value: action.id + 1 },
  );
  return created(actionView(action));
}

export function deleteAction(call: Call): Answer {
  const pipeline = find(call);
  const id = Number(call.params["action"]);
  if (pipeline === undefined || !pipeline.actions.some((action) => action.id === id)) return notFound("Action");
  put(call, { ...pipeline, actions: pipeline.actions.filter((action) => action.id !== id) });
  return noContent();
}

function view(call: Call, pipeline: PipelineRecord): JsonObject {
  const creator = call.workspace.tables.member.get(String(pipeline.creator));
  const project = projectOf(call);
  return {
    ...pipelineLinks(call.links, call.ws, pipeline.project, pipeline.id),
    id: pipeline.id,
    identifier: pipeline.identifier,
    name: pipeline.name,
    on: "CLICK",
    last_execution_status: "INITIAL",
    create_date: pipeline.create_date,
    priority: "NORMAL",
    definition_source: "LOCAL",
    git_config_ref: "NONE",
    disabled: false,
    ...pipeline.rest,
    project: project === undefined ? null : shortProject(call.links, call.ws, project),
    creator: creator === undefined ? null : memberView(call.links, call.ws, creator),
  };
}

function actionView(action: ActionRecord): JsonObject {
  return { ...action };
}

function put(call: Call, value: PipelineRecord): void {
  call.store.commit({ op: "put", ws: call.ws, table: "pipeline", value });
}

function projectOf(call: Call) {
  return call.workspace.tables.project.get(call.params["project"] ?? "");
}

function pipelinesOf(call: Call): PipelineRecord[] {
  return [...call.workspace.tables.pipeline.values()].filter((pipeline) => pipeline.project === call.params["project"]);
}

function find(call: Call): PipelineRecord | undefined {
  const pipeline = call.workspace.tables.pipeline.get(call.params["id"] ?? "");
  return pipeline?.project === call.params["project"] ? pipeline : undefined;
}
