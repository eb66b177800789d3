import type { StoredIntegration } from "../../../src/emulator/index.ts";

/** How many changes of each kind an apply has to do. */
export interface Size {
  readonly creates: number;
  readonly updates: number;
  readonly replacements: number;
}

/** `WORKSPACE`, or the name of a project. */
type KillPlace = string;

/** A wanted integration of the prepared workspace. */
export interface Block {
  readonly key: string;
  readonly identifier: string;
  readonly type: string;
  readonly where: KillPlace;
  readonly name: string;
  readonly token: "$TOKEN" | "$NEXT_TOKEN";
}

/** Two projects at the time of the apply: the token's owner can't see the first, and the second is deleted. */
export const HIDDEN = "hidden-project";
export const DELETED = "deleted-project";

const [WORKSPACE, WEBSITE, MINE] = ["WORKSPACE", "company-website", "my-project"] as const;
const PLACES = [WORKSPACE, WEBSITE, MINE] as const;

/** Three types in turn: with only a token, with a write-only plain field, and with limits. */
const TYPES = ["GIT_LAB", "RACKSPACE", "SENTRY"] as const;

/**
 * The scope and type of each replacement before and after. The first three swap places in a circle under one
 * identifier; the others share one too.
 */
const MOVES = [
  { identifier: "circle", from: [WORKSPACE, "GIT_LAB"], to: [WEBSITE, "GIT_LAB"] },
  { identifier: "circle", from: [WEBSITE, "RACKSPACE"], to: [MINE, "RACKSPACE"] },
  { identifier: "circle", from: [MINE, "SENTRY"], to: [WORKSPACE, "SENTRY"] },
  { identifier: "typed", from: [MINE, "GIT_LAB"], to: [MINE, "SENTRY"] },
  { identifier: "typed", from: [WORKSPACE, "SENTRY"], to: [WORKSPACE, "GIT_LAB"] },
] as const;

/** The blocks of the file before the change; {@link wantedAfter} has those at the time of the apply. */
export function wantedBefore({ updates, replacements }: Size): Block[] {
  return [
    ...times(updates, (index) => spread("upd", index)),
    ...times(replacements, (index) => moved(index, "from")),
    ...[HIDDEN, DELETED].map((project) => unreadable(project, "known")),
  ];
}

export function wantedAfter({ creates, updates, replacements }: Size): Block[] {
  return [
    ...times(creates, (index) => spread("new", index)),
    ...times(updates, (index) => edited(spread("upd", index), index)),
    ...times(replacements, (index) => moved(index, "to")),
    ...[HIDDEN, DELETED].flatMap((project) => [unreadable(project, "known"), unreadable(project, "unknown")]),
  ];
}

export function yamlOf(blocks: readonly Block[]): string {
  return ["version: 1\nintegrations:\n", ...blocks.map(textOfOne)].join("");
}

/** Names an integration by its identity, independent of the kind of list. */
export function identityOf({ identifier, type, where }: Pick<Block, "identifier" | "type" | "where">): string {
  return `${identifier} ${type} ${where}`;
}

export function identityOfStored({ identifier, type, project_name }: StoredIntegration): string {
  return identityOf({ identifier, type, where: project_name ?? WORKSPACE });
}

/**
 * Each three in a row have the same type: one of the workspace, and one of each project. Every second three share an
 * identifier.
 */
function spread(prefix: string, index: number): Block {
  const group = Math.floor(index / PLACES.length);
  const key = keyOf(prefix, index);
  return {
    key,
    identifier: group % 2 === 0 ? `${prefix}_shared_${group}` : key,
    type: at(TYPES, group),
    where: at(PLACES, index),
    name: key,
    token: "$TOKEN",
  };
}

/** Changes the name, a secret, or both. */
function edited(block: Block, index: number): Block {
  const token = index % 2 === 0 ? "$NEXT_TOKEN" : "$TOKEN";
  return { ...block, token, name: index % 4 === 0 ? block.name : `${block.name} renamed` };
}

function moved(index: number, side: "from" | "to"): Block {
  const key = keyOf("rep", index);
  const move = at(MOVES, index);
  const [where, type] = move[side];
  const identifier = `${move.identifier}_${Math.floor(index / MOVES.length)}`;
  return { key, identifier, type, where, name: key, token: "$TOKEN" };
}

function unreadable(project: string, what: string): Block {
  const key = `${project.replace("-", "_")}_${what}`;
  return { key, identifier: key, type: "GIT_LAB", where: project, name: key, token: "$TOKEN" };
}

function textOfOne({ key, identifier, type, where, name, token }: Block): string {
  const place = where === WORKSPACE ? "scope: WORKSPACE" : `scope: PROJECT\n    project_name: ${where}`;
  const head = `  ${key}:\n    name: ${name}\n    type: ${type}\n    token: ${token}\n    ${place}\n`;
  const named = identifier === key ? head : `${head}    identifier: ${identifier}\n`;
  if (type === "GIT_LAB") return named;
  if (type === "RACKSPACE") return `${named}    username: ${key}\n`;
  return `${named}    all_pipelines_allowed: false\n    permissions: { admins: MANAGE, others: DENIED }\n`;
}

function keyOf(prefix: string, index: number): string {
  return `${prefix}_${String(index).padStart(3, "0")}`;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
}
