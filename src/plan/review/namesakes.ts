import { isInPlace } from "../../model/identity.ts";
import type { IntegrationWithIds, Key, LiveIntegration } from "../../model/integration.ts";
import { shellWord } from "../../model/text.ts";
import type { Change, PlanWarning } from "../change.ts";
import type { PlanContext } from "../input.ts";

/**
 * Warns of creations if an integration of the same type and name belongs to no key. If that one is in another scope or
 * project, it is neither a match nor a conflict, but may be the wanted one. If it is in the same place with another
 * identifier, an earlier run may have created it on a server that changes identifiers.
 */
export function namesakeWarnings(
  changes: readonly Change[],
  desired: ReadonlyMap<Key, IntegrationWithIds>,
  context: PlanContext,
): PlanWarning[] {
  const free = unownedByName(changes, context);
  return changes.flatMap((change): PlanWarning[] => {
    const wanted = change.action === "create" && change.refused === undefined ? desired.get(change.key) : undefined;
    const name = wanted?.fields.get("name");
    // A name that comes from a reference isn't compared.
    if (wanted === undefined || typeof name !== "string") return [];
    const namesakes = free.get(nameInType(wanted.type, name)) ?? [];
    return namesakes.map((live) =>
      isInPlace(wanted, live) ? twinWarning(wanted.key, live) : namesakeWarning(wanted.key, live),
    );
  });
}

/** What was read and belongs to no key after this plan, by type and name. */
function unownedByName(
  changes: readonly Change[],
  { live: views, owners, former }: PlanContext,
): ReadonlyMap<string, readonly LiveIntegration[]> {
  const adopted = new Set(changes.flatMap((change) => (change.action === "adopt" ? [change.hash_id] : [])));
  const free = [...views.values()].flatMap((live) => {
    const isFree = live !== undefined && [owners, former, adopted].every((held) => !held.has(live.hashId));
    return isFree ? [live] : [];
  });
  const found = new Map<string, LiveIntegration[]>();
  for (const live of free) {
    const name = nameInType(live.type, live.name);
    const alike = found.get(name);
    if (alike === undefined) found.set(name, [live]);
    else alike.push(live);
  }
  return found;
}

function nameInType(type: string, name: string): string {
  return JSON.stringify([type, name]);
}

function namesakeWarning(key: Key, live: LiveIntegration): PlanWarning {
  return {
    code: "namesake",
    key,
    path: "name",
    message: `an integration of this type and name exists in ${describePlace(live)} (${live.hashId}); another one will be created`,
    hint: `if that one is meant, write lifecycle.import: ${live.hashId}, with its scope and project_name`,
  };
}

function twinWarning(key: Key, { hashId, identifier }: LiveIntegration): PlanWarning {
  return {
    code: "unowned-twin",
    key,
    path: "name",
    message: `an integration of this type and name exists here already (${hashId}, identifier ${identifier ?? "not shown"}), and belongs to no key; another one will be created`,
    hint: `if that one is meant, run \`buddy-integrations import ${shellWord(key)} ${hashId}\` instead`,
  };
}

function describePlace({ scope, projectName }: LiveIntegration): string {
  return scope === "PROJECT" ? `the project ${projectName ?? "(not shown)"}` : `the scope ${scope ?? "(not shown)"}`;
}
