import type { ApiClient } from "../../api/client.ts";

/**
 * The same client, but it reads only once what several files of a workspace need: parts of the list, members, groups,
 * projects. It is for planning only, where nothing is written in between. A second look reads again, for all files.
 */
export function sharedReads(client: ApiClient): ApiClient {
  const remember = <T>(): ((key: string, read: () => Promise<T>, again?: boolean) => Promise<T>) => {
    const known = new Map<string, Promise<T>>();
    return (key, read, again = false) => {
      const before = again ? undefined : known.get(key);
      if (before !== undefined) return before;
      const started = read();
      known.set(key, started);
      return started;
    };
  };
  const lists = remember<Awaited<ReturnType<ApiClient["list"]>>>();
  const members = remember<Awaited<ReturnType<ApiClient["members"]>>>();
  const groups = remember<Awaited<ReturnType<ApiClient["groups"]>>>();
  const projects = remember<Awaited<ReturnType<ApiClient["projects"]>>>();
  const project = remember<Awaited<ReturnType<ApiClient["project"]>>>();
  const pipelines = remember<Awaited<ReturnType<ApiClient["pipelines"]>>>();
  const owner = remember<Awaited<ReturnType<ApiClient["owner"]>>>();
  return {
    ...client,
    // The empty name stands for the workspace's own part: no project has an empty name.
    list: (name, freshness) => lists(name ?? "", () => client.list(name, freshness), freshness === "again"),
    members: () => members("", () => client.members()),
    groups: () => groups("", () => client.groups()),
    projects: () => projects("", () => client.projects()),
    project: (name) => project(name, () => client.project(name)),
    pipelines: (name) => pipelines(name, () => client.pipelines(name)),
    owner: () => owner("", () => client.owner()),
  };
}
