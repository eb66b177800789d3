import type { ApiFailure, Group, Member, Pipeline, Project } from "../../api/client.ts";
import type { Place } from "../../model/diagnostic.ts";
import type {
  IntegrationWithSecrets,
  IntegrationWithIds,
  Grant,
  Key,
  IdWithLabel,
  Result,
} from "../../model/integration.ts";
import type { Refusal } from "../change.ts";
import { lookUpGroup, lookUpPipeline, lookUpUser, type Directory, type NameProblem } from "./name-lookup.ts";
import { withIds } from "./with-ids.ts";

/** What resolving names needs of the API; each call is made at most once in a run, and only if there are names. */
export interface DirectoryReader {
  members(): Promise<Result<readonly Member[], ApiFailure>>;
  groups(): Promise<Result<readonly Group[], ApiFailure>>;
  projects(): Promise<Result<readonly Project[], ApiFailure>>;
  /** `undefined`: there is no such project. */
  pipelines(project: string): Promise<Result<readonly Pipeline[] | undefined, ApiFailure>>;
}

export interface NamesInput {
  readonly integrations: readonly IntegrationWithSecrets[];
  placeOf(key: Key, path: readonly (string | number)[]): Place | undefined;
}

export interface ResolvedNames {
  readonly desired: readonly IntegrationWithIds[];
  /** Keys with a name that matches nothing or several things. It isn't known what is wanted, so nothing is done for them. */
  readonly unknownNames: ReadonlyMap<Key, Refusal>;
  /** Failed reads: the names that needed them are unknown. */
  readonly failures: readonly { readonly what: string; readonly failure: ApiFailure }[];
  /** All people and groups, if they had to be read: used to show names for the numbers of live values. */
  readonly members: readonly Member[];
  readonly groups: readonly Group[];
}

/** Resolves the names of pipelines, people and groups to numbers. */
export async function resolveNames(reader: DirectoryReader, input: NamesInput): Promise<ResolvedNames> {
  const { integrations } = input;
  const { directory, failures } = await readDirectory(reader, integrations);
  const { members, groups } = directory;
  if (failures.length > 0) return { desired: [], unknownNames: new Map(), failures, members, groups };
  const unknownNames = new Map<Key, Refusal>();
  const desired = integrations.map((integration) => {
    const { key } = integration;
    const problems: NameProblem[] = [];
    const resolved = resolveIntegration(integration, directory, (problem) => problems.push(problem));
    if (problems.length > 0)
      unknownNames.set(
        key,
        nameRefusal(problems, (path) => input.placeOf(key, path)),
      );
    return resolved;
  });
  return { desired, unknownNames, failures, members, groups };
}

/** One refusal for all problems of a key, each with its place in the file. */
function nameRefusal(
  problems: readonly NameProblem[],
  placeOf: (path: NameProblem["path"]) => Place | undefined,
): Refusal {
  const messages = problems.map(({ path, message }) => {
    const place = placeOf(path);
    if (place === undefined) return `${path.join(".")}: ${message}`;
    const { line, column } = place.range.start;
    return `${place.file}:${line}:${column}: ${message}`;
  });
  return {
    code: "unknown-name",
    message: messages.join("; "),
    hint: [...new Set(problems.map(({ hint }) => hint))].join("; "),
  };
}

/** Reads only the lists in which these integrations name something. */
async function readDirectory(
  reader: DirectoryReader,
  integrations: readonly IntegrationWithSecrets[],
): Promise<{ readonly directory: Directory; readonly failures: ResolvedNames["failures"] }> {
  const users = integrations.flatMap(({ permissions }) => permissions?.users ?? []);
  const groups = integrations.flatMap(({ permissions }) => permissions?.groups ?? []);
  const refs = integrations.flatMap(({ allowedPipelines }) => allowedPipelines ?? []);
  const named = new Set(refs.flatMap((ref) => ("project" in ref ? [ref.project] : [])));

  const failures: { readonly what: string; readonly failure: ApiFailure }[] = [];
  const read = async <T>(what: string, call: Promise<Result<T, ApiFailure>>, otherwise: T): Promise<T> => {
    const answer = await call;
    if (answer.ok) return answer.value;
    failures.push({ what, failure: answer.error });
    return otherwise;
  };
  const areNamed = (grants: readonly { readonly who: object }[]): boolean => grants.some(({ who }) => !("id" in who));
  const pipelinesOf = async (project: string) =>
    [project, await read(`the pipelines of ${project}`, reader.pipelines(project), [])] as const;
  const [foundMembers, foundGroups, foundPipelines] = await Promise.all([
    areNamed(users) ? read("the members", reader.members(), []) : [],
    areNamed(groups) ? read("the groups", reader.groups(), []) : [],
    Promise.all([...named].map(pipelinesOf)),
  ]);
  const pipelines = new Map(foundPipelines);
  // Only to suggest names in messages.
  const isUnknown = [...pipelines.values()].includes(undefined);
  const projects = isUnknown ? await read("the projects", reader.projects(), []) : [];
  return { directory: { members: foundMembers, groups: foundGroups, projects, pipelines }, failures };
}

function resolveIntegration(
  integration: IntegrationWithSecrets,
  directory: Directory,
  report: (problem: NameProblem) => void,
): IntegrationWithIds {
  const { allowedPipelines, permissions } = integration;
  return withIds(integration, {
    pipelines: allowedPipelines?.flatMap((ref, index) =>
      lookUpPipeline(ref, directory, ["allowed_pipelines", index], report),
    ),
    users: permissions?.users?.flatMap(({ who, level }, index): Grant<IdWithLabel>[] =>
      lookUpUser(who, directory, ["permissions", "users", index], report).map((found) => ({ who: found, level })),
    ),
    groups: permissions?.groups?.flatMap(({ who, level }, index): Grant<IdWithLabel>[] =>
      lookUpGroup(who, directory, ["permissions", "groups", index], report).map((found) => ({ who: found, level })),
    ),
  });
}
