import type { Grant, Numbered } from "../model.ts";
import type { Names } from "./change.ts";
import type { PlanInput } from "./input.ts";

/** Every name that is known for a number: those of live answers, and over them those that the file uses. */
export function namesOf({ desired, observed, directory }: PlanInput): Names {
  const pipelines = new Map<number, string>();
  const users = new Map<number, string>();
  const groups = new Map<number, string>();
  const add = (names: Map<number, string>, { id, label }: Numbered): void => {
    if (label !== undefined) names.set(id, label);
  };
  const addAll = (names: Map<number, string>, grants: readonly Grant<Numbered>[] | undefined): void => {
    for (const { who } of grants ?? []) add(names, who);
  };
  for (const { id, email } of directory.members) users.set(id, email);
  for (const { id, name } of directory.groups) groups.set(id, name);
  if (observed !== "offline") {
    for (const live of observed.live.values()) {
      for (const pipeline of live?.allowedPipelines ?? []) add(pipelines, pipeline);
      addAll(users, live?.permissions?.users);
      addAll(groups, live?.permissions?.groups);
    }
  }
  for (const { allowedPipelines, permissions } of desired) {
    for (const pipeline of allowedPipelines ?? []) if ("id" in pipeline) add(pipelines, pipeline);
    addAll(users, permissions?.users);
    addAll(groups, permissions?.groups);
  }
  return { pipelines: byNumber(pipelines), users: byNumber(users), groups: byNumber(groups) };
}

function byNumber(names: ReadonlyMap<number, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...names].toSorted(([a], [b]) => a - b).map(([id, name]) => [String(id), name]));
}
