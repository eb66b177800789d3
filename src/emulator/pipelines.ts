import type { EmulatorResponse } from "./response.ts";
import { created, noContent, notFound, ok, errorResponse } from "./response.ts";
import type { WorkspaceCall } from "./call.ts";
import { requestedPage } from "./call.ts";
import { memberView } from "./members.ts";
import { freeSlug } from "./generated-names.ts";
import { editedPipelineFields, newPipelineFields } from "./pipeline-fields.ts";
import { shortProject } from "./projects.ts";
import type { JsonObject, PipelineRecord } from "./types.ts";
import { pipelineLinks } from "./views.ts";
import { visibleProject } from "./visibility.ts";

export function listPipelines(call: WorkspaceCall): EmulatorResponse {
  const project = projectOfCall(call);
  if (project === undefined) return notFound("Project");
  return ok({
    url: `${call.links.api}/workspaces/${call.ws}/projects/${project.name}/pipelines`,
    html_url: `${call.links.app}/${call.ws}/${project.name}/pipelines`,
    pipelines: requestedPage(call, pipelinesOfCall(call)).map((pipeline) => pipelineView(call, pipeline)),
  });
}

export function getPipeline(call: WorkspaceCall): EmulatorResponse {
  const pipeline = findPipeline(call);
  return pipeline === undefined ? notFound("Pipeline") : ok(pipelineView(call, pipeline));
}

export function createPipeline(call: WorkspaceCall): EmulatorResponse {
  const project = projectOfCall(call);
  if (project === undefined) return notFound("Project");
  const { name, identifier } = call.body;
  if (typeof name !== "string" || name === "") return errorResponse(400, 'Field "name" is required');
  const taken = new Set(pipelinesOfCall(call).map((pipeline) => pipeline.identifier));
  const value: PipelineRecord = {
    id: call.store.nextId(),
    project: project.name,
    name,
    identifier: typeof identifier === "string" ? identifier : freeSlug(name, "_", (candidate) => taken.has(candidate)),
    create_date: call.now.toISOString(),
    creator: call.user.id,
    actions: [],
    rest: newPipelineFields(call.body),
  };
  putPipeline(call, value);
  return created(pipelineView(call, value));
}

export function editPipeline(call: WorkspaceCall): EmulatorResponse {
  const pipeline = findPipeline(call);
  if (pipeline === undefined) return notFound("Pipeline");
  const { name, identifier } = call.body;
  const value = {
    ...pipeline,
    name: typeof name === "string" && name !== "" ? name : pipeline.name,
    identifier: typeof identifier === "string" ? identifier : pipeline.identifier,
    rest: editedPipelineFields(pipeline.rest, call.body),
  };
  putPipeline(call, value);
  return ok(pipelineView(call, value));
}

export function deletePipeline(call: WorkspaceCall): EmulatorResponse {
  const pipeline = findPipeline(call);
  if (pipeline === undefined) return notFound("Pipeline");
  call.store.commit({ op: "drop", ws: call.ws, table: "pipeline", key: String(pipeline.id) });
  return noContent();
}

function pipelineView(call: WorkspaceCall, pipeline: PipelineRecord): JsonObject {
  const creator = call.workspace.tables.member.get(String(pipeline.creator));
  const project = projectOfCall(call);
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
    ...newPipelineFields(pipeline.rest),
    project: project === undefined ? null : shortProject(call.links, call.ws, project),
    creator: creator === undefined ? null : memberView(call.links, call.ws, creator),
  };
}

export function putPipeline(call: WorkspaceCall, value: PipelineRecord): void {
  call.store.commit({ op: "put", ws: call.ws, table: "pipeline", value });
}

function projectOfCall(call: WorkspaceCall) {
  return visibleProject(call, call.params["project"] ?? "");
}

function pipelinesOfCall(call: WorkspaceCall): PipelineRecord[] {
  return [...call.workspace.tables.pipeline.values()].filter((pipeline) => pipeline.project === call.params["project"]);
}

export function findPipeline(call: WorkspaceCall): PipelineRecord | undefined {
  if (projectOfCall(call) === undefined) return undefined;
  const pipeline = call.workspace.tables.pipeline.get(call.params["id"] ?? "");
  return pipeline?.project === call.params["project"] ? pipeline : undefined;
}
