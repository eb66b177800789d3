import type { EmulatorResponse } from "./response.ts";
import { created, noContent, notFound, ok, errorResponse } from "./response.ts";
import type { WorkspaceCall } from "./call.ts";
import { findPipeline, putPipeline } from "./pipelines.ts";
import type { ActionRecord, JsonObject, PipelineRecord } from "./types.ts";
import { pipelineLinks } from "./views.ts";

/** Lists the actions of a pipeline, without pages. */
export function listActions(call: WorkspaceCall): EmulatorResponse {
  const pipeline = findPipeline(call);
  if (pipeline === undefined) return notFound("Pipeline");
  return ok({
    ...pipelineLinks(call.links, call.ws, pipeline.project, pipeline.id),
    actions: pipeline.actions.map((action) => actionView(call, pipeline, action)),
  });
}

export function getAction(call: WorkspaceCall): EmulatorResponse {
  const pipeline = findPipeline(call);
  const action = pipeline?.actions.find(({ id }) => id === Number(call.params["action"]));
  if (pipeline === undefined || action === undefined) return notFound("Action");
  const links = pipelineLinks(call.links, call.ws, pipeline.project, pipeline.id);
  return ok({ ...actionView(call, pipeline, action), pipeline: { ...links, id: pipeline.id, name: pipeline.name } });
}

/** Adds an action with any fields, since its fields depend on its type. */
export function addAction(call: WorkspaceCall): EmulatorResponse {
  const pipeline = findPipeline(call);
  if (pipeline === undefined) return notFound("Pipeline");
  const { name, type } = call.body;
  if (typeof name !== "string" || name === "") return errorResponse(400, 'Field "name" is required');
  const action: ActionRecord = {
    ...call.body,
    id: call.store.nextId(),
    name,
    type: typeof type === "string" ? type : "BUILD",
  };
  call.store.commit(
    { op: "put", ws: call.ws, table: "pipeline", value: { ...pipeline, actions: [...pipeline.actions, action] } },
    { op: "next-id", value: action.id + 1 },
  );
  return created(actionView(call, pipeline, action));
}

export function deleteAction(call: WorkspaceCall): EmulatorResponse {
  const pipeline = findPipeline(call);
  const id = Number(call.params["action"]);
  if (pipeline === undefined || !pipeline.actions.some((action) => action.id === id)) return notFound("Action");
  putPipeline(call, { ...pipeline, actions: pipeline.actions.filter((action) => action.id !== id) });
  return noContent();
}

/** The view of an action, with the fields in the order of the documented example. */
function actionView(call: WorkspaceCall, pipeline: PipelineRecord, action: ActionRecord): JsonObject {
  const { api, app } = call.links;
  return {
    url: `${api}/workspaces/${call.ws}/projects/${pipeline.project}/pipelines/${pipeline.id}/actions/${action.id}`,
    html_url: `${app}/${call.ws}/${pipeline.project}/pipelines/action/${action.id}/edit`,
    trigger_time: "ON_EVERY_EXECUTION",
    last_execution_status: "INITIAL",
    ...action,
  };
}
