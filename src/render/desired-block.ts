import { isScalar, Scalar, type Document } from "yaml";
import type { BlockCredentials } from "../export/block-credentials.ts";
import { accessLevelText } from "../model/access-level.ts";
import { fieldInfo } from "../model/catalog.ts";
import type { HashId, Json, Key, LiveIntegration, SeenPermissions } from "../model/integration.ts";
import { cutText, oneLine, withoutRunnerCommands } from "../model/printable.ts";
import { isExpressibleIdentifier, whyInexpressible } from "../model/expressible-value.ts";
import { plainProse } from "../model/text.ts";
import { harmlessYaml } from "./harmless-yaml.ts";
import { yamlDocument } from "./yaml-text.ts";

/** How a block names a person, a group or a pipeline: by its number, with the name in a comment, or by its name. */
export interface AccessNames {
  readonly comment: (kind: AccessKind, id: number) => string | undefined;
  /** Undefined: the block names it by number. */
  readonly reference: (kind: AccessKind, id: number) => Readonly<Record<string, string>> | undefined;
}

export type AccessKind = "users" | "groups" | "pipelines";

export const NUMBERS_ONLY: AccessNames = { comment: () => undefined, reference: () => undefined };

/** What to write for a live integration. */
export interface DesiredBlockRequest {
  readonly key: Key;
  readonly live: LiveIntegration;
  readonly credentials: BlockCredentials;
  /** Fields that the API returns and that are never shown, each with the variable that holds the live value. */
  readonly hidden: ReadonlyMap<string, string>;
  readonly names: AccessNames;
  /** Written as `lifecycle.import`, where nothing else in the block says which integration is meant. */
  readonly importHash?: HashId;
  /** Another integration of the same workspace or project has the same identifier. */
  readonly isAmbiguous?: boolean;
  /** The `defaults` of the file, by name: a scope, or a value that the block has to reset. */
  readonly defaults?: ReadonlyMap<string, unknown>;
}

/** A block as data. It is written in block style, or in braces. */
export interface DesiredBlock {
  readonly key: Key;
  readonly fields: ReadonlyMap<string, unknown>;
  /** Comments above the block, without `# `. */
  readonly remarks: readonly string[];
  readonly notes: readonly BlockNote[];
}

/** A comment at a place of the block: after the value, or on its own lines above it. */
interface BlockNote {
  readonly path: readonly (string | number)[];
  readonly at: "behind" | "above";
  readonly text: string;
}

/**
 * The block of `integrations.yaml` for a live integration. It loads back to exactly what is live. Values that the API
 * doesn't return are references, or stay unmanaged. What a file can't hold is left out, and a comment above the block says so.
 */
export function desiredBlock(request: DesiredBlockRequest): DesiredBlock {
  const { key, live, credentials, hidden, names, importHash, defaults } = request;
  const fields = new Map<string, unknown>([["type", fileValue("type", live.type)]]);
  const remarks: string[] = [];
  const notes: BlockNote[] = [];
  const set = (name: string, value: unknown): void => {
    if (value !== undefined) fields.set(name, value);
  };
  const leaveOut = (name: string, why: string): void => void remarks.push(`${name}: ${why}`);
  const inexpressible = whyInexpressible("name", live.name);
  set("name", inexpressible === undefined ? fileValue("name", live.name) : key);
  if (inexpressible !== undefined) leaveOut("name", `${inexpressible}, so an apply would rename it to ${key}`);
  const { scope, projectName } = live;
  if (scope !== undefined && defaults?.get("scope") !== scope) set("scope", fileValue("scope", scope));
  // A file can name a project only for these scopes.
  if (projectName !== undefined && (scope === undefined || scope === "PROJECT"))
    set("project_name", fileValue("project_name", projectName));
  if (live.identifier !== undefined && live.identifier !== key) {
    if (request.isAmbiguous)
      leaveOut("identifier", "another integration here has the same identifier, so it is left out");
    else if (isExpressibleIdentifier(live.identifier)) set("identifier", live.identifier);
    else leaveOut("identifier", "a file can't name it; it stays as it is");
  }
  for (const [name, value] of live.fields) {
    const info = fieldInfo(name);
    if (info?.returned !== true || isNothing(name, value)) continue;
    const variable = hidden.get(name);
    // The validator reports `app_id` of AZURE as a mistake.
    const isMistake = live.type === "AZURE" && name === "app_id";
    const isUsed = info.public || name === "auth_type" || credentials.used?.has(name) !== false;
    if (!isUsed || isMistake) leaveOut(name, "the type isn't known to use it, so it is left out");
    else if (variable !== undefined) set(name, `$${variable}`);
    else if (info.hidden) leaveOut(name, "it may hold a secret, so it is left out");
    else {
      const why = whyInexpressible(name, value);
      if (why !== undefined) leaveOut(name, `${why}, so it is left out`);
      else set(name, fileValue(name, value));
    }
  }
  if (credentials.kind === "managed") {
    for (const { field, variable } of credentials.references) set(field, `$${variable}`);
  }
  set("all_pipelines_allowed", live.allPipelinesAllowed);
  if (live.allowedPipelines !== undefined && live.allowedPipelines.length > 0) {
    set("allowed_pipelines", namedItems("pipelines", live.allowedPipelines, ["allowed_pipelines"]));
  }
  if (live.permissions !== undefined) setPermissions(live.permissions);
  const lifecycle = {
    ...(importHash === undefined ? {} : { import: importHash }),
    ...(credentials.kind === "unmanaged" ? { credentials: "unmanaged" } : {}),
  };
  if (Object.keys(lifecycle).length > 0) set("lifecycle", lifecycle);
  addCredentialNotes();
  for (const name of defaults?.keys() ?? []) {
    if (!fields.has(name) && name !== "scope" && name !== "lifecycle") set(name, null);
  }
  return { key, fields, remarks, notes };

  function namedItems(
    kind: AccessKind,
    items: readonly { readonly id: number }[],
    path: readonly string[],
  ): Record<string, unknown>[] {
    return items.map(({ id }, index) => {
      const reference = names.reference(kind, id);
      const name = names.comment(kind, id);
      if (reference === undefined && name !== undefined)
        notes.push({ path: [...path, index, "id"], at: "behind", text: name });
      if (reference === undefined) return { id };
      // In names of people and pipelines `$` has no meaning, so it isn't escaped.
      return Object.fromEntries(Object.entries(reference).map(([field, word]) => [field, fileValue("", word)]));
    });
  }

  function setPermissions({ admins, others, users = [], groups = [] }: SeenPermissions): void {
    if (scope === "ENVIRONMENT") return leaveOut("permissions", "they come from the environment");
    const levels = [admins, others, ...[...users, ...groups].map(({ level }) => level)];
    if (!levels.every((level) => typeof level === "string"))
      return leaveOut("permissions", "they hold a level that this version doesn't know, so they are left out");
    const grants = (kind: "users" | "groups", list: typeof users): unknown => {
      const items = namedItems(
        kind,
        list.map(({ who }) => who),
        ["permissions", kind],
      );
      return items.map((item, index) => ({ ...item, access_level: accessLevelText(list[index]?.level ?? "DENIED") }));
    };
    set("permissions", {
      admins: accessLevelText(admins),
      others: accessLevelText(others),
      users: grants("users", users),
      groups: grants("groups", groups),
    });
  }

  function addCredentialNotes(): void {
    const { kind, references } = credentials;
    if (kind === "managed") {
      remarks.push(...credentials.remarks);
      return;
    }
    const lines = [...references.map(({ field, variable }) => `${field}: $${variable}`), ...credentials.remarks];
    if (lines.length > 0) notes.push({ path: ["lifecycle"], at: "above", text: lines.join("\n") });
  }
}

/** The block in block style, with its comments, indented for its place under `integrations:`. */
export function renderDesiredBlock(block: DesiredBlock): string {
  const document = yamlDocument(new Map([[block.key, block.fields]]));
  for (const { path, at, text } of block.notes) {
    const lines = text.split("\n").map((line) => ` ${harmlessComment(line)}`);
    const node = document.getIn([block.key, ...path], true);
    if (at === "behind" && isScalar(node)) node.comment = lines.join("\n");
    else if (at === "above") keyNode(document, [block.key, ...path]).commentBefore = lines.join("\n");
  }
  const usual = document.toString({ lineWidth: 0, doubleQuotedAsJSON: true });
  const isHarmless = withoutRunnerCommands(usual) === usual;
  const text = isHarmless ? usual : harmlessYaml(new Map([[block.key, block.fields]]));
  const comments = block.remarks.map((remark) => `# ${harmlessComment(remark)}`);
  const lines = [...comments, ...text.replaceAll(NOT_SHOWN, unicodeEscape).split("\n")];
  // Only a line feed ends a line here: other line separators are part of texts.
  return lines.map((line) => (line === "" ? line : `  ${line}`)).join("\n");
}

/** The block for a map in flow style: `web: { type: SLACK, … }`, on one line and without comments. */
export function renderFlowBlock({ key, fields }: DesiredBlock): string {
  const document = yamlDocument(new Map([[key, fields]]));
  const text = document
    .toString({
      lineWidth: 0,
      doubleQuotedAsJSON: true,
      collectionStyle: "flow",
      doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    })
    .trim()
    .replaceAll(NOT_SHOWN, unicodeEscape);
  // The outer braces are those of the map around the block.
  return text.slice(1, -1).trim();
}

/** The node of the key at a path. */
function keyNode(document: Document, path: readonly (string | number)[]): Scalar {
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  const items: unknown = typeof parent === "object" && parent !== null && "items" in parent ? parent.items : [];
  const pairs: readonly unknown[] = Array.isArray(items) ? items : [];
  for (const pair of pairs) {
    const key: unknown = typeof pair === "object" && pair !== null && "key" in pair ? pair.key : undefined;
    if (isScalar(key) && key.value === path.at(-1)) return key;
  }
  throw new Error(`the block has no ${path.join(".")}`);
}

const LONGEST_COMMENT = 100;

function harmlessComment(text: string): string {
  return withoutRunnerCommands(cutText(oneLine(text), LONGEST_COMMENT));
}

/** An empty text means that there is no value; so does prose of white space only. */
function isNothing(name: string, value: Json): boolean {
  return (
    value === null ||
    value === "" ||
    (fieldInfo(name)?.public === true && typeof value === "string" && plainProse(value) === "")
  );
}

/** The value with what a file needs: `$$` for a `$` at the beginning, double quotes around unprintable characters. */
function fileValue(name: string, value: Json): Json | Scalar {
  if (typeof value !== "string") return value;
  const info = fieldInfo(name);
  const isEscaped = info?.reference === true || info?.public === true;
  const text = isEscaped && value.startsWith("$") ? `$${value}` : value;
  if (text.search(NOT_SHOWN) === -1) return text;
  const quoted = new Scalar(text);
  quoted.type = Scalar.QUOTE_DOUBLE;
  return quoted;
}

/** Characters that a file or a terminal doesn't show: controls, marks of direction and byte order, lone surrogates. */
const NOT_SHOWN =
  /[^\n\x20-\x7e\u00a0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffc\u{10000}-\u{10ffff}]/gu;

/** The escape of an unprintable character. Such characters are always in double quotes. */
function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
