import type { Answer } from "./answer.ts";
import { created, noContent, notFound, ok, refuse } from "./answer.ts";
import type { Call } from "./call.ts";
import { page } from "./call.ts";
import { memberView } from "./members.ts";
import { slug } from "./names.ts";
import { editedFields, fieldsOfNew } from "./pipeline-fields.ts";
import { shortProject } from "./projects.ts";
import type { JsonObject, PipelineRecord } from "./types.ts";
import { pipelineLinks } from "./views.ts";
import { visibleProject } from "./visibility.ts";

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
  const pipeline = findPipeline(call);
  return pipeline === undefined ? notFound("Pipeline") : ok(view(call, pipeline));
}

export function createPipeline(call: Call): Answer {
  const project = projectOf(call);
  if (project === undefined) return notFound("Project");
  const { name, identifier } = call.body;
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
    rest: fieldsOfNew(call.body),
  };
  putPipeline(call, value);
  return created(view(call, value));
}

export function editPipeline(call: Call): Answer {
  const pipeline = findPipeline(call);
  if (pipeline === undefined) return notFound("Pipeline");
  const { name, identifier } = call.body;
  const value = {
    ...pipeline,
    name: typeof name === "string" && name !== "" ? name : pipeline.name,
    identifier: typeof identifier === "string" ? identifier : pipeline.identifier,
    rest: editedFields(pipeline.rest, call.body),
  };
  putPipeline(call, value);
  return ok(view(call, value));
}

export function deletePipeline(call: Call): Answer {
  const pipeline = findPipeline(call);
  if (pipeline === undefined) return notFound("Pipeline");
  call.store.commit({ op: "drop", ws: call.ws, table: "pipeline", key: String(pipeline.id) });
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
    disabled: false,
    ...fieldsOfNew(pipeline.rest),
    project: project === undefined ? null : shortProject(call.links, call.ws, project),
    creator: creator === undefined ? null : memberView(call.links, call.ws, creator),
  };
}

export function putPipeline(call: Call, value: PipelineRecord): void {
  call.store.commit({ op: "put", ws: call.ws, table: "pipeline", value });
}

function projectOf(call: Call) {
  return visibleProject(call, call.params["project"] ?? "");
}

function pipelinesOf(call: Call): PipelineRecord[] {
  return [...call.workspace.tables.pipeline.values()].filter((pipeline) => pipeline.project === call.params["project"]);
}

export function findPipeline(call: Call): PipelineRecord | undefined {
  if (projectOf(call) === undefined) return undefined;
  const pipeline = call.workspace.tables.pipeline.get(call.params["id"] ?? "");
  return pipeline?.project === call.params["project"] ? pipeline : undefined;
}
