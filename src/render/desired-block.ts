import { stringify } from "yaml";
import { accessLevelText } from "../model/access-level.ts";
import { fieldInfo, typeInfo } from "../model/catalog.ts";
import { proposedReference } from "../model/reserved-variables.ts";
import type { Json, Key, LiveIntegration } from "../model/integration.ts";

/**
 * The block of `integrations.yaml` for a live integration, indented for its place under `integrations:`. Values that the API
 * doesn't return, and values that may hold a secret, are references to fill in.
 */
export function renderDesiredBlock(key: Key, live: LiveIntegration): string {
  const block = new Map<string, unknown>([
    ["type", live.type],
    ["name", escaped("name", live.name)],
  ]);
  const set = (name: string, value: unknown): void => {
    if (value !== undefined) block.set(name, value);
  };
  set("scope", live.scope);
  set("project_name", live.projectName);
  if (live.identifier !== key) set("identifier", live.identifier);
  for (const [name, value] of live.fields) {
    const info = fieldInfo(name);
    if (info?.returned === true && value !== "")
      set(name, info.hidden ? proposedReference(key, name) : escaped(name, value));
  }
  const recipes = typeInfo(live.type)?.recipes ?? [];
  const given = live.fields.get("auth_type");
  const authType = typeof given === "string" ? given : "";
  const recipe = recipes.find(({ authTypes }) => authTypes.includes(authType)) ?? recipes[0];
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
    set("permissions", { ...levels, users: grants(users), groups: grants(groups) });
  }
  if (recipe === undefined) set("lifecycle", { credentials: "unmanaged" });
  const text = stringify(new Map([[key, block]]), { lineWidth: 0 });
  return text.replaceAll(/^(?=.)/gm, "  ");
}

/** A text that begins with `$` would be read as a reference. */
function escaped(name: string, value: Json): Json {
  const info = fieldInfo(name);
  const isEscaped = info?.reference === true || info?.public === true;
  return isEscaped && typeof value === "string" && value.startsWith("$") ? `$${value}` : value;
}
