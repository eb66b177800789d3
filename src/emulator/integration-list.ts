import type { EmulatorResponse } from "./response.ts";
import { notFound, ok } from "./response.ts";
import type { WorkspaceCall } from "./call.ts";
import type { WorkspaceState } from "./state.ts";
import type { StoredIntegration } from "./types.ts";
import { shortIntegration } from "./views.ts";
import { maySeeIntegration, visibleProject } from "./visibility.ts";

interface CachedLists {
  readonly version: number;
  readonly bodies: Map<string, Buffer>;
}

const cache = new WeakMap<WorkspaceState, CachedLists>();

/** Lists integrations, without pages: those that the token's owner can see, chosen by `project_name` and `--list`. */
export function listIntegrations(call: WorkspaceCall): EmulatorResponse {
  const { settings, query, links, user } = call;
  const asked = settings.list === "old" ? "" : (query.get("project_name") ?? "");
  if (asked !== "" && visibleProject(call, asked) === undefined) return notFound("Project");
  const bodies = cachedBodies(call.workspace);
  const key = JSON.stringify([user.id, links.api, links.app, settings.list, settings.hidden, asked]);
  const body = bodies.get(key) ?? listBody(call, asked);
  bodies.set(key, body);
  return ok(body);
}

function listBody(call: WorkspaceCall, project: string): Buffer {
  const { workspace, links, ws } = call;
  const items = [...workspace.tables.integration.values()].filter(
    (it) => isInList(call.settings.list, it, project) && maySeeIntegration(call, it),
  );
  return Buffer.from(
    JSON.stringify({
      url: `${links.api}/workspaces/${ws}/integrations`,
      html_url: `${links.app}/${ws}/integrations`,
      integrations: items.map((it) => shortIntegration(links, ws, it)),
    }),
  );
}

/** @param project empty for the list without a project */
function isInList(list: "new" | "old", it: StoredIntegration, project: string): boolean {
  if (list === "old") return true;
  if (project === "") return it.scope === "WORKSPACE";
  return it.scope === "PROJECT" && it.project_name === project;
}

/** The cached lists of the workspace's current version. */
function cachedBodies(workspace: WorkspaceState): Map<string, Buffer> {
  const cached = cache.get(workspace);
  if (cached?.version === workspace.version) return cached.bodies;
  const bodies = new Map<string, Buffer>();
  cache.set(workspace, { version: workspace.version, bodies });
  return bodies;
}
