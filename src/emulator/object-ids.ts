import type { EmulatorResponse } from "./response.ts";
import { notFound, ok, errorResponse } from "./response.ts";
import type { WorkspaceCall } from "./call.ts";
import { visibleProject } from "./visibility.ts";

/** Looks up the ids of a project's pipeline and environment by their identifiers, in one call. */
export function lookUpIds(call: WorkspaceCall): EmulatorResponse {
  const { query, workspace, links, ws } = call;
  const [name, pipelineName, environmentName] = ["project", "pipeline", "environment"].map((it) => query.get(it) ?? "");
  const answer = { url: `${links.api}/workspaces/${ws}/identifiers`, html_url: `${links.app}/${ws}`, domain: ws };
  if (name === undefined || name === "")
    return pipelineName === "" && environmentName === ""
      ? ok(answer)
      : errorResponse(400, 'Field "project" is required');
  const project = visibleProject(call, name);
  if (project === undefined) return notFound("Project");
  const pipeline = [...workspace.tables.pipeline.values()].find(
    (it) => it.project === project.name && it.identifier === pipelineName,
  );
  if (pipelineName !== "" && pipeline === undefined) return notFound("Pipeline");
  const environment = project.environments?.[environmentName ?? ""];
  if (environmentName !== "" && environment === undefined) return notFound("Environment");
  return ok({
    ...answer,
    project_identifier: project.name,
    ...(pipeline === undefined ? {} : { pipeline_id: pipeline.id }),
    ...(environment === undefined ? {} : { environment_id: environment }),
  });
}
