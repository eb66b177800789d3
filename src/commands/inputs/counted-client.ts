import type { ApiClient } from "../../api/client.ts";
import type { CommandConsole } from "../console.ts";

/** The same client, but it counts reads for the progress on a terminal. */
export function countedClient(client: ApiClient, { progress }: Pick<CommandConsole, "progress">): ApiClient {
  if (progress === undefined) return client;
  const counted = async <T>(call: Promise<T>): Promise<T> => {
    progress.readStarted();
    try {
      return await call;
    } finally {
      progress.readEnded();
    }
  };
  return {
    ...client,
    get: (...args) => counted(client.get(...args)),
    list: (...args) => counted(client.list(...args)),
    members: () => counted(client.members()),
    groups: () => counted(client.groups()),
    projects: () => counted(client.projects()),
    project: (...args) => counted(client.project(...args)),
    pipelines: (...args) => counted(client.pipelines(...args)),
    actions: (...args) => counted(client.actions(...args)),
    owner: () => counted(client.owner()),
  };
}
