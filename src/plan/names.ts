import type { Json, Numbered } from "../model/integration.ts";
import type { Change, FieldChange, Names } from "./change.ts";
import type { PlanInput } from "./input.ts";

type What = keyof Names;
/** Names that one source has for numbers. */
type Labels = Readonly<Record<What, readonly Numbered[]>>;

/**
 * A name for every number that the changes show, where one is known: as the file has it, else as the live answer or the
 * directory has it. Nobody else's name is told.
 */
export function namesOf({ desired, observed, directory }: PlanInput, changes: readonly Change[]): Names {
  const shown = numbersIn(changes);
  const sources = [listed(directory), ...(observed === "offline" ? [] : [labels(lives(observed))]), labels(desired)];
  const of = (what: What): Readonly<Record<string, string>> => {
    const names = new Map<number, string>();
    for (const source of sources) for (const [id, label] of smallest(source[what])) names.set(id, label);
    const known = [...shown[what]].toSorted((a, b) => a - b);
    return Object.fromEntries(known.flatMap((id) => (names.has(id) ? [[String(id), names.get(id) ?? ""]] : [])));
  };
  return { pipelines: of("pipelines"), users: of("users"), groups: of("groups") };
}

interface Limited {
  readonly permissions?: {
    readonly users?: readonly { readonly who: Numbered }[];
    readonly groups?: readonly { readonly who: Numbered }[];
  };
  readonly allowedPipelines?: readonly (Numbered | { readonly pending: string })[];
}

function lives({ live }: Exclude<PlanInput["observed"], "offline">): Limited[] {
  return [...live.values()].flatMap((view) => view ?? []);
}

function labels(items: readonly Limited[]): Labels {
  return {
    pipelines: items.flatMap(({ allowedPipelines = [] }) => allowedPipelines.flatMap((it) => ("id" in it ? [it] : []))),
    users: items.flatMap(({ permissions }) => (permissions?.users ?? []).map(({ who }) => who)),
    groups: items.flatMap(({ permissions }) => (permissions?.groups ?? []).map(({ who }) => who)),
  };
}

function listed({ members, groups }: PlanInput["directory"]): Labels {
  const label = ({ id, name }: { readonly id: number; readonly name: string }): Numbered =>
    name === "" ? { id } : { id, label: name };
  return { pipelines: [], users: members.map(label), groups: groups.map(label) };
}

/** Of several names for one number the smallest, so that their order doesn't matter. */
function smallest(items: readonly Numbered[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { id, label } of items) {
    const known = names.get(id);
    if (label !== undefined && (known === undefined || label < known)) names.set(id, label);
  }
  return names;
}

function numbersIn(changes: readonly Change[]): Readonly<Record<What, ReadonlySet<number>>> {
  const shown = { pipelines: new Set<number>(), users: new Set<number>(), groups: new Set<number>() };
  for (const { path, before, after } of changes.flatMap(fieldsOf)) {
    const what = PATHS.get(path);
    if (what !== undefined) for (const value of [before ?? null, after]) collect(value, shown[what]);
  }
  return shown;
}

const PATHS: ReadonlyMap<string, What> = new Map([
  ["allowed_pipelines", "pipelines"],
  ["permissions.users", "users"],
  ["permissions.groups", "groups"],
]);

function fieldsOf(change: Change): readonly FieldChange[] {
  if (change.action === "adopt") return change.differences;
  return "fields" in change ? change.fields : [];
}

/** Pipelines are numbers in a list, people and groups maps with an `id`. */
function collect(value: Json, ids: Set<number>): void {
  if (typeof value === "number") ids.add(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, ids);
  else if (typeof value === "object" && value !== null && "id" in value) collect(value.id, ids);
}
