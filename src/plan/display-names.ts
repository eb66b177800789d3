import type { Json, IdWithLabel } from "../model/integration.ts";
import type { Change, DisplayNames } from "./change.ts";
import type { FieldChange } from "./field-change.ts";
import type { PlanInput } from "./input.ts";

type NameKind = keyof DisplayNames;
/** Names that one source has for numbers. */
type LabelsByKind = Readonly<Record<NameKind, readonly IdWithLabel[]>>;

/**
 * A name for every number that the changes show, where one is known: as the file has it, else as the live answer or the
 * directory has it. No other name is in the plan.
 */
export function displayNames({ desired, observed, directory }: PlanInput, changes: readonly Change[]): DisplayNames {
  const shown = shownIds(changes);
  const sources = [
    directoryLabels(directory),
    ...(observed === "offline" ? [] : [labelsIn(liveViews(observed))]),
    labelsIn(desired),
  ];
  const of = (what: NameKind): Readonly<Record<string, string>> => {
    const names = new Map<number, string>();
    for (const source of sources) for (const [id, label] of smallestLabels(source[what])) names.set(id, label);
    const known = [...shown[what]].toSorted((a, b) => a - b);
    return Object.fromEntries(known.flatMap((id) => (names.has(id) ? [[String(id), names.get(id) ?? ""]] : [])));
  };
  return { pipelines: of("pipelines"), users: of("users"), groups: of("groups") };
}

interface WithAccessLists {
  readonly permissions?: {
    readonly users?: readonly { readonly who: IdWithLabel }[];
    readonly groups?: readonly { readonly who: IdWithLabel }[];
  };
  readonly allowedPipelines?: readonly (IdWithLabel | { readonly pending: string })[];
}

function liveViews({ live }: Exclude<PlanInput["observed"], "offline">): WithAccessLists[] {
  return [...live.values()].flatMap((view) => view ?? []);
}

function labelsIn(items: readonly WithAccessLists[]): LabelsByKind {
  return {
    pipelines: items.flatMap(({ allowedPipelines = [] }) => allowedPipelines.flatMap((it) => ("id" in it ? [it] : []))),
    users: items.flatMap(({ permissions }) => (permissions?.users ?? []).map(({ who }) => who)),
    groups: items.flatMap(({ permissions }) => (permissions?.groups ?? []).map(({ who }) => who)),
  };
}

function directoryLabels({ members, groups }: PlanInput["directory"]): LabelsByKind {
  const label = ({ id, name }: { readonly id: number; readonly name: string }): IdWithLabel =>
    name === "" ? { id } : { id, label: name };
  return { pipelines: [], users: members.map(label), groups: groups.map(label) };
}

/** Of several names for one number the smallest, so that their order doesn't matter. */
function smallestLabels(items: readonly IdWithLabel[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { id, label } of items) {
    const known = names.get(id);
    if (label !== undefined && (known === undefined || label < known)) names.set(id, label);
  }
  return names;
}

function shownIds(changes: readonly Change[]): Readonly<Record<NameKind, ReadonlySet<number>>> {
  const shown = { pipelines: new Set<number>(), users: new Set<number>(), groups: new Set<number>() };
  for (const { path, before, after } of changes.flatMap(fieldChangesOf)) {
    const what = NAME_KIND_BY_PATH.get(path);
    if (what !== undefined) for (const value of [before ?? null, after]) collectIds(value, shown[what]);
  }
  return shown;
}

const NAME_KIND_BY_PATH: ReadonlyMap<string, NameKind> = new Map([
  ["allowed_pipelines", "pipelines"],
  ["permissions.users", "users"],
  ["permissions.groups", "groups"],
]);

function fieldChangesOf(change: Change): readonly FieldChange[] {
  if (change.action === "adopt") return change.differences;
  return "fields" in change ? change.fields : [];
}

/** Pipelines are numbers in a list, people and groups maps with an `id`. */
function collectIds(value: Json, ids: Set<number>): void {
  if (typeof value === "number") ids.add(value);
  else if (Array.isArray(value)) for (const item of value) collectIds(item, ids);
  else if (typeof value === "object" && value !== null && "id" in value) collectIds(value.id, ids);
}
