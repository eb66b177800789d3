import type { Group, Member, Pipeline, Project } from "../../api/client.ts";
import type { GroupRef, IdWithLabel, PendingPipeline, PipelineRef, UserRef } from "../../model/integration.ts";
import { nearestWords } from "../../model/text.ts";

/** What the workspace has by name, as far as it was read. */
export interface Directory {
  readonly members: readonly Member[];
  readonly groups: readonly Group[];
  readonly projects: readonly Project[];
  /** By project; undefined where there is no such project. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[] | undefined>;
}

/** A name that matches nothing, or several. */
export interface NameProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

type ReportNameProblem = (problem: NameProblem) => void;

/** A pipeline that doesn't exist (yet) is pending, not a problem. */
export function lookUpPipeline(
  ref: PipelineRef,
  { pipelines, projects }: Directory,
  path: NameProblem["path"],
  report: ReportNameProblem,
): (IdWithLabel | PendingPipeline)[] {
  if ("id" in ref) return [ref];
  const label = `${ref.project}/${ref.pipeline}`;
  const candidates = pipelines.get(ref.project);
  if (candidates === undefined) {
    const names = projects.map(({ name }) => name);
    const message = `there is no project ${ref.project} in the workspace`;
    report(unknownName([...path, "project"], message, ref.project, names));
    return [];
  }
  const byIdentifier = candidates.filter(({ identifier }) => identifier === ref.pipeline);
  const found = byIdentifier.length > 0 ? byIdentifier : candidates.filter(({ name }) => name === ref.pipeline);
  const [first, ...others] = found;
  if (first === undefined) return [{ pending: label }];
  if (others.length === 0) return [{ id: first.id, label }];
  const message = `several pipelines of ${ref.project} are called ${ref.pipeline}`;
  report(ambiguousName([...path, "pipeline"], message, found));
  return [];
}

export function lookUpUser(
  ref: UserRef,
  { members }: Directory,
  path: NameProblem["path"],
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
    report(unknownName([...path, field], `no member of the workspace has the ${field} ${asked}`, asked, names));
    return [];
  }
  if (others.length === 0) return [{ id: first.id, label: asked }];
  report(ambiguousName([...path, field], `several members have the ${field} ${asked}`, found));
  return [];
}

export function lookUpGroup(
  ref: GroupRef,
  { groups }: Directory,
  path: NameProblem["path"],
  report: ReportNameProblem,
): IdWithLabel[] {
  if ("id" in ref) return [ref];
  const found = groups.filter(({ name }) => name === ref.name);
  const [first, ...others] = found;
  if (first === undefined) {
    const names = groups.map(({ name }) => name);
    report(unknownName([...path, "name"], `there is no group ${ref.name} in the workspace`, ref.name, names));
    return [];
  }
  if (others.length === 0) return [{ id: first.id, label: ref.name }];
  report(ambiguousName([...path, "name"], `several groups are called ${ref.name}`, found));
  return [];
}

function unknownName(path: NameProblem["path"], message: string, asked: string, names: readonly string[]): NameProblem {
  const near = nearestWords(asked, names);
  const hint =
    near.length === 0 ? "the token sees none at all: is it the right workspace?" : `did you mean ${near.join(", ")}?`;
  return { path, message, hint };
}

function ambiguousName(
  path: NameProblem["path"],
  message: string,
  found: readonly { readonly id: number; readonly name: string }[],
): NameProblem {
  const numbers = found.slice(0, 5).map(({ id, name }) => `${id} (${name})`);
  return {
    path,
    message,
    hint: `use the number of the one that is meant: ${numbers.join(", ")}`,
  };
}
