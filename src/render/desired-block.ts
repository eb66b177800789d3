import { Scalar, stringify } from "yaml";
import { accessLevelText } from "../model/access-level.ts";
import { authTypes, fieldInfo, typeInfo } from "../model/catalog.ts";
import { proposedReference } from "../model/reserved-variables.ts";
import type { Json, Key, LiveIntegration } from "../model/integration.ts";
import { harmlessYaml } from "./harmless-yaml.ts";
import { withoutRunnerCommands } from "../model/printable.ts";
import { plainProse } from "../model/text.ts";
import { hasUrlCredentials } from "../model/url-credentials.ts";

/**
 * The block of `integrations.yaml` for a live integration, indented for its place under `integrations:`. It loads back to
 * exactly what is live. Values that the API doesn't return, and values that may hold a secret, are references to fill in.
 * What a file can't say is left out, with a comment above the block.
 */
export function renderDesiredBlock(key: Key, live: LiveIntegration): string {
  const block = new Map<string, unknown>([["type", escaped("type", live.type)]]);
  const comments: string[] = [];
  const set = (name: string, value: unknown): void => {
    if (value !== undefined) block.set(name, value);
  };
  const leaveOut = (name: string, why: string): void => void comments.push(`# ${name}: ${why}`);
  const unspeakable = whyUnspeakable("name", live.name);
  set("name", unspeakable === undefined ? escaped("name", live.name) : key);
  if (unspeakable !== undefined) leaveOut("name", `${unspeakable}, so an apply would rename it to ${key}`);
  const { scope, projectName } = live;
  if (scope !== undefined) set("scope", escaped("scope", scope));
  // Elsewhere a file can't name one.
  if (projectName !== undefined && (scope === undefined || scope === "PROJECT"))
    set("project_name", escaped("project_name", projectName));
  if (live.identifier !== undefined && live.identifier !== key) {
    if (/^[A-Za-z][A-Za-z0-9_-]*$/.test(live.identifier)) set("identifier", live.identifier);
    else leaveOut("identifier", "a file can't name it; it stays as it is");
  }
  for (const [name, value] of live.fields) {
    const info = fieldInfo(name);
    if (info?.returned !== true || isNothing(name, value)) continue;
    const why = info.hidden ? undefined : whyUnspeakable(name, value);
    if (why !== undefined) leaveOut(name, `${why}, so it is left out`);
    else set(name, info.hidden ? proposedReference(key, name) : escaped(name, value));
  }
  const recipes = typeInfo(live.type)?.recipes ?? [];
  const given = block.get("auth_type");
  const authType = typeof given === "string" ? given : "";
  const recipe = recipes.find(({ authTypes: fitting }) => fitting.includes(authType)) ?? recipes[0];
  for (const name of recipe?.required ?? []) {
    if (!block.has(name)) set(name, fieldInfo(name)?.kind === "array" ? [] : proposedReference(key, name));
  }
  set("all_pipelines_allowed", live.allPipelinesAllowed);
  if ((live.allowedPipelines?.length ?? 0) > 0) {
    set(
      "allowed_pipelines",
      live.allowedPipelines?.map(({ id }) => ({ id })),
    );
  }
  if (live.permissions !== undefined) {
    const { admins, others, users = [], groups = [] } = live.permissions;
    const grants = (list: typeof users): unknown =>
      list.map(({ who, level }) => ({ id: who.id, access_level: accessLevelText(level) }));
    const levels = { admins: accessLevelText(admins), others: accessLevelText(others) };
    const isKnown = [admins, others, ...[...users, ...groups].map(({ level }) => level)].every(
      (level) => typeof level === "string",
    );
    if (isKnown) set("permissions", { ...levels, users: grants(users), groups: grants(groups) });
    else leaveOut("permissions", "they hold a level that this version doesn't know, so they are left out");
  }
  if (recipe === undefined) set("lifecycle", { credentials: "unmanaged" });
  const document = new Map([[key, block]]);
  const usual = stringify(document, { lineWidth: 0, doubleQuotedAsJSON: true });
  const text = withoutRunnerCommands(usual) === usual ? usual : harmlessYaml(document);
  const lines = [...comments, ...text.replaceAll(UNPRINTABLE, unicodeEscape).split("\n")];
  // Only line feeds end a line: other characters that look like it stand within texts.
  return lines.map((line) => (line === "" ? line : `  ${line}`)).join("\n");
}

/** An empty text stands for none; so does prose of white space alone. */
function isNothing(name: string, value: Json): boolean {
  return (
    value === null ||
    value === "" ||
    (fieldInfo(name)?.public === true && typeof value === "string" && plainProse(value) === "")
  );
}

/** Why a file can't say this; undefined if it can. */
function whyUnspeakable(name: string, value: Json): string | undefined {
  if (typeof value !== "string") return "it isn't a text";
  if (name === "auth_type" && !authTypes.includes(value)) return "this version doesn't know it";
  if (name === "name" && !/\S/.test(value)) return "it is empty";
  return hasUrlCredentials(value) ? "it holds an address with a password" : undefined;
}

/** A text that begins with `$` would be read as a reference; one with other than printable characters needs escapes. */
function escaped(name: string, value: Json): Json | Scalar {
  if (typeof value !== "string") return value;
  const info = fieldInfo(name);
  const isEscaped = info?.reference === true || info?.public === true;
  const text = isEscaped && value.startsWith("$") ? `$${value}` : value;
  if (text.search(UNPRINTABLE) === -1) return text;
  const quoted = new Scalar(text);
  quoted.type = Scalar.QUOTE_DOUBLE;
  return quoted;
}

/** What a file or a terminal doesn't take as it is: controls, marks of direction and byte order, halves of characters. */
const UNPRINTABLE =
  /[^\n\x20-\x7e\u00a0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffc\u{10000}-\u{10ffff}]/gu;

/** Within double quotes, where alone such characters are. */
function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
