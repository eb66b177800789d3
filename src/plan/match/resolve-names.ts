import type { ApiFailure, Group, Member, Pipeline, Project } from "../../api/client.ts";
import type { Diagnostic, Place } from "../../model/diagnostic.ts";
import type {
  IntegrationWithSecrets,
  IntegrationWithIds,
  Grant,
  GroupRef,
  Key,
  IdWithLabel,
  PendingPipeline,
  PipelineRef,
  Result,
  UserRef,
} from "../../model/integration.ts";
import { nearestWords } from "../../model/text.ts";

/** What resolving names needs of the API; each call is made at most once in a run, and only for names. */
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
  /** Names that match none or several. */
  readonly diagnostics: readonly Diagnostic[];
  /** Reads that failed: nothing can be said of the names that needed them. */
  readonly failures: readonly { readonly what: string; readonly failure: ApiFailure }[];
  /** Everyone and every group, where they had to be read: to show names for the numbers of live values. */
  readonly members: readonly Member[];
  readonly groups: readonly Group[];
}

/** Pipelines, people and groups by name to numbers. A pipeline that doesn't exist (yet) is pending, not an error. */
export async function resolveNames(directory: DirectoryReader, input: NamesInput): Promise<ResolvedNames> {
  const { integrations } = input;
  const users = integrations.flatMap(({ permissions }) => permissions?.users ?? []);
  const groups = integrations.flatMap(({ permissions }) => permissions?.groups ?? []);
  const pipelines = integrations.flatMap(({ allowedPipelines }) => allowedPipelines ?? []);
  const projects = new Set(pipelines.flatMap((ref) => ("project" in ref ? [ref.project] : [])));

  const known = new Directory();
  const read = async <T>(
    what: string,
    call: Promise<Result<T, ApiFailure>>,
    keep: (value: T) => void,
  ): Promise<void> => {
    const answer = await call;
    if (answer.ok) keep(answer.value);
    else known.failures.push({ what, failure: answer.error });
  };
  await Promise.all([
    ...(users.some(({ who }) => !("id" in who))
      ? [read("the members", directory.members(), (value) => (known.members = value))]
      : []),
    ...(groups.some(({ who }) => !("id" in who))
      ? [read("the groups", directory.groups(), (value) => (known.groups = value))]
      : []),
    ...[...projects].map((project) =>
      read(`the pipelines of ${project}`, directory.pipelines(project), (value) => known.pipelines.set(project, value)),
    ),
  ]);
  if ([...known.pipelines.values()].includes(undefined)) {
    await read("the projects", directory.projects(), (value) => (known.projects = value));
  }
  const { failures, members } = known;
  if (failures.length > 0) return { desired: [], diagnostics: [], failures, members, groups: known.groups };
  const diagnostics: Diagnostic[] = [];
  const desired = integrations.map((integration) =>
    resolveIntegration(integration, known, (problem) => {
      const place = input.placeOf(integration.key, problem.path);
      const { message, hint } = problem;
      diagnostics.push({
        code: problem.code,
        severity: "error",
        message,
        hint,
        ...(place === undefined ? {} : { place }),
      });
    }),
  );
  return { desired, diagnostics, failures, members, groups: known.groups };
}

/**
 * Without the API, names can't become numbers: lists that hold any are left out, and named in `unresolved`.
 */
export function leaveNamesOut(integrations: readonly IntegrationWithSecrets[]): {
  readonly desired: readonly IntegrationWithIds[];
  readonly unresolved: ReadonlyMap<Key, readonly string[]>;
} {
  const unresolved = new Map<Key, readonly string[]>();
  const desired = integrations.map((integration): IntegrationWithIds => {
    const { allowedPipelines, permissions, ...rest } = integration;
    const pipelines = numbersOnly(allowedPipelines, (ref) => ("id" in ref ? ref : undefined));
    const users = numbersOnly(permissions?.users, ({ who, level }) => ("id" in who ? { who, level } : undefined));
    const groups = numbersOnly(permissions?.groups, ({ who, level }) => ("id" in who ? { who, level } : undefined));
    const missing = [
      ...(pipelines === "named" ? ["allowed_pipelines"] : []),
      ...(users === "named" ? ["permissions.users"] : []),
      ...(groups === "named" ? ["permissions.groups"] : []),
    ];
    if (missing.length > 0) unresolved.set(integration.key, missing);
    return {
      ...rest,
      ...(pipelines === undefined || pipelines === "named" ? {} : { allowedPipelines: pipelines }),
      ...(permissions === undefined
        ? {}
        : {
            permissions: {
              admins: permissions.admins,
              others: permissions.others,
              ...(users === undefined || users === "named" ? {} : { users }),
              ...(groups === undefined || groups === "named" ? {} : { groups }),
            },
          }),
    };
  });
  return { desired, unresolved };
}

class Directory {
  members: readonly Member[] = [];
  groups: readonly Group[] = [];
  projects: readonly Project[] = [];
  readonly pipelines = new Map<string, readonly Pipeline[] | undefined>();
  readonly failures: { readonly what: string; readonly failure: ApiFailure }[] = [];
}

interface NameProblem {
  readonly code: "unknown-name" | "ambiguous-name";
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

type ReportNameProblem = (problem: NameProblem) => void;

function resolveIntegration(
  integration: IntegrationWithSecrets,
  known: Directory,
  report: ReportNameProblem,
): IntegrationWithIds {
  const { allowedPipelines, permissions, ...rest } = integration;
  const pipelines = allowedPipelines?.flatMap((ref, index) =>
    resolvePipeline(ref, known, ["allowed_pipelines", index], report),
  );
  if (permissions === undefined)
    return { ...rest, ...(pipelines === undefined ? {} : { allowedPipelines: pipelines }) };
  const users = permissions.users?.flatMap(({ who, level }, index): Grant<IdWithLabel>[] =>
    resolveUser(who, known, ["permissions", "users", index], report).map((found) => ({ who: found, level })),
  );
  const groups = permissions.groups?.flatMap(({ who, level }, index): Grant<IdWithLabel>[] =>
    resolveGroup(who, known, ["permissions", "groups", index], report).map((found) => ({ who: found, level })),
  );
  return {
    ...rest,
    ...(pipelines === undefined ? {} : { allowedPipelines: pipelines }),
    permissions: {
      admins: permissions.admins,
      others: permissions.others,
      ...(users === undefined ? {} : { users }),
      ...(groups === undefined ? {} : { groups }),
    },
  };
}

function resolvePipeline(
  ref: PipelineRef,
  { pipelines, projects }: Directory,
  path: readonly (string | number)[],
  report: ReportNameProblem,
): (IdWithLabel | PendingPipeline)[] {
  if ("id" in ref) return [ref];
  const label = `${ref.project}/${ref.pipeline}`;
  const candidates = pipelines.get(ref.project);
  if (candidates === undefined) {
    const names = projects.map(({ name }) => name);
    report(
      unknownNameProblem(
        [...path, "project"],
        `there is no project ${ref.project} in the workspace`,
        ref.project,
        names,
      ),
    );
    return [];
  }
  const byIdentifier = candidates.filter(({ identifier }) => identifier === ref.pipeline);
  const found = byIdentifier.length > 0 ? byIdentifier : candidates.filter(({ name }) => name === ref.pipeline);
  const [first, ...others] = found;
  if (first === undefined) return [{ pending: label }];
  if (others.length === 0) return [{ id: first.id, label }];
  report(
    ambiguousNameProblem(
      [...path, "pipeline"],
      `several pipelines of ${ref.project} are called ${ref.pipeline}`,
      found,
    ),
  );
  return [];
}

function resolveUser(
  ref: UserRef,
  { members }: Directory,
  path: readonly (string | number)[],
  report: ReportNameProblem,
): IdWithLabel[] {
  if ("id" in ref) return [ref];
  const [field, asked] = "email" in ref ? (["email", ref.email] as const) : (["name", ref.name] as const);
  const wanted = asked.toLowerCase();
  const found = members.filter((member) =>
    field === "email" ? member.email.toLowerCase() === wanted : member.name === asked,
  );
  const [first, ...others] = found;
  if (first === undefined) {
    const names = members.map((member) => member[field]);
    report(unknownNameProblem([...path, field], `no member of the workspace has the ${field} ${asked}`, asked, names));
    return [];
  }
  if (others.length === 0) return [{ id: first.id, label: asked }];
  report(ambiguousNameProblem([...path, field], `several members have the ${field} ${asked}`, found));
  return [];
}

function resolveGroup(
  ref: GroupRef,
  { groups }: Directory,
  path: readonly (string | number)[],
  report: ReportNameProblem,
): IdWithLabel[] {
  if ("id" in ref) return [ref];
  const found = groups.filter(({ name }) => name === ref.name);
  const [first, ...others] = found;
  if (first === undefined) {
    const names = groups.map(({ name }) => name);
    report(unknownNameProblem([...path, "name"], `there is no group ${ref.name} in the workspace`, ref.name, names));
    return [];
  }
  if (others.length === 0) return [{ id: first.id, label: ref.name }];
  report(ambiguousNameProblem([...path, "name"], `several groups are called ${ref.name}`, found));
  return [];
}

function unknownNameProblem(
  path: NameProblem["path"],
  message: string,
  asked: string,
  names: readonly string[],
): NameProblem {
  const near = nearestWords(asked, names);
  const hint =
    near.length === 0 ? "the token sees none at all: is it the right workspace?" : `did you mean ${near.join(", ")}?`;
  return { code: "unknown-name", path, message, hint };
}

function ambiguousNameProblem(
  path: NameProblem["path"],
  message: string,
  found: readonly { readonly id: number; readonly name: string }[],
): NameProblem {
  const numbers = found.slice(0, 5).map(({ id, name }) => `${id} (${name})`);
  return {
    code: "ambiguous-name",
    path,
    message,
    hint: `use the number of the one that is meant: ${numbers.join(", ")}`,
  };
}

/** `named`: the list holds something that isn't a number. */
function numbersOnly<From, To>(
  list: readonly From[] | undefined,
  take: (item: From) => To | undefined,
): readonly To[] | "named" | undefined {
  if (list === undefined) return undefined;
  const taken = list.map(take);
  return taken.every((item) => item !== undefined) ? taken : "named";
}
