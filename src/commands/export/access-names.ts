import type { ApiClient, Group, Member, Pipeline } from "../../api/client.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import type { DirectoryReader } from "../../plan/match/resolve-names.ts";
import type { AccessKind, AccessNames } from "../../render/desired-block.ts";

/** The names of the people, groups and pipelines that may use integrations, as far as the token may read them. */
export interface AccessDirectory {
  readonly names: AccessNames;
  /** Sends each request only once. */
  readonly reader: DirectoryReader;
}

type AccessReference = Readonly<Record<string, string>>;

/**
 * Reads the names of the people, groups and pipelines in the permissions of these integrations.
 * @param style whether blocks refer to them by number or by name
 */
export async function readAccessNames(
  client: ApiClient,
  lives: readonly LiveIntegration[],
  { style, projects }: { readonly style: "numbers" | "names"; readonly projects: readonly string[] },
): Promise<AccessDirectory> {
  const reader = readOnce(client);
  const hasUsers = lives.some(({ permissions }) => (permissions?.users?.length ?? 0) > 0);
  const hasGroups = lives.some(({ permissions }) => (permissions?.groups?.length ?? 0) > 0);
  const needsPipelines = style === "names" && lives.some(({ allowedPipelines }) => (allowedPipelines?.length ?? 0) > 0);
  const [members, groups] = await Promise.all([
    hasUsers ? reader.members() : undefined,
    hasGroups ? reader.groups() : undefined,
  ]);
  const comments = new Map<string, string>();
  const references = new Map<string, AccessReference>();
  const add = (kind: AccessKind, id: number, comment: string, reference: AccessReference | undefined): void => {
    if (comment !== "") comments.set(`${kind} ${id}`, comment);
    if (reference !== undefined && style === "names") references.set(`${kind} ${id}`, reference);
  };
  for (const { allowedPipelines = [] } of lives)
    for (const { id, label } of allowedPipelines) add("pipelines", id, label ?? "", undefined);
  const people = members?.ok ? members.value : [];
  for (const member of people) add("users", member.id, member.name || member.email, userReference(member, people));
  const teams = groups?.ok ? groups.value : [];
  for (const group of teams) add("groups", group.id, group.name, groupReference(group, teams));
  for (const project of needsPipelines ? projects : []) {
    const answer = await reader.pipelines(project);
    const pipelines = (answer.ok ? answer.value : undefined) ?? [];
    for (const pipeline of pipelines)
      add("pipelines", pipeline.id, pipeline.name, pipelineReference(pipeline, project, pipelines));
  }
  return {
    reader,
    names: {
      comment: (kind, id) => comments.get(`${kind} ${id}`),
      reference: (kind, id) => references.get(`${kind} ${id}`),
    },
  };
}

/** A reference that matches this member alone, by the rules that `resolveNames` uses. */
function userReference({ email, name }: Member, all: readonly Member[]): AccessReference | undefined {
  const alike = all.filter((other) => other.email.toLowerCase() === email.toLowerCase());
  if (email !== "" && alike.length === 1) return { email };
  return name !== "" && all.filter((other) => other.name === name).length === 1 ? { name } : undefined;
}

function groupReference({ name }: Group, all: readonly Group[]): AccessReference | undefined {
  return name !== "" && all.filter((other) => other.name === name).length === 1 ? { name } : undefined;
}

function pipelineReference(
  { id, identifier, name }: Pipeline,
  project: string,
  all: readonly Pipeline[],
): AccessReference | undefined {
  const meant = [identifier, name].find((word) => {
    if (word === undefined || word === "") return false;
    const byIdentifier = all.filter((other) => other.identifier === word);
    const found = byIdentifier.length > 0 ? byIdentifier : all.filter((other) => other.name === word);
    return found.length === 1 && found[0]?.id === id;
  });
  return meant === undefined ? undefined : { project, pipeline: meant };
}

function readOnce(client: ApiClient): DirectoryReader {
  let members: ReturnType<DirectoryReader["members"]> | undefined;
  let groups: ReturnType<DirectoryReader["groups"]> | undefined;
  const pipelines = new Map<string, ReturnType<DirectoryReader["pipelines"]>>();
  return {
    members: () => (members ??= client.members()),
    groups: () => (groups ??= client.groups()),
    projects: () => client.projects(),
    pipelines: (project) => {
      const asked = pipelines.get(project) ?? client.pipelines(project);
      pipelines.set(project, asked);
      return asked;
    },
  };
}
