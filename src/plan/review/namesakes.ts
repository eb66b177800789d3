import { isInPlace } from "../../model/identity.ts";
import type { Key, LiveIntegration } from "../../model/integration.ts";
import { shellWord } from "../../model/text.ts";
import type { Change, Create, PlanWarning } from "../change.ts";
import type { PlanContext } from "../input.ts";

/**
 * Warns of a creation if an integration of the same type and name belongs to no key. If that one is in another scope or
 * project, it is neither a match nor a conflict, but may be the wanted one. If it is in the same place with another
 * identifier, an earlier run may have created it on a server that changes identifiers.
 */
export function namesakeWarnings(
  { key, type, refused }: Create,
  changes: readonly Change[],
  context: PlanContext,
): PlanWarning[] {
  const adopted = new Set(changes.flatMap((change) => (change.action === "adopt" ? [change.hash_id] : [])));
  const { desired, live: views, owners, former } = context;
  const wanted = desired.find((integration) => integration.key === key);
  const name = wanted?.fields.get("name");
  // A name that comes from a reference isn't compared.
  if (refused !== undefined || wanted === undefined || typeof name !== "string") return [];
  return [...views.values()].flatMap((live): PlanWarning[] => {
    if (live === undefined || owners.has(live.hashId) || former.has(live.hashId)) return [];
    if (live.type !== type || live.name !== name || adopted.has(live.hashId)) return [];
    if (isInPlace(wanted, live)) return [twinWarning(key, live)];
    return [
      {
        code: "namesake",
        key,
        path: "name",
        message: `an integration of this type and name exists in ${describePlace(live)} (${live.hashId}); another one will be created`,
        hint: `if that one is meant, write lifecycle.import: ${live.hashId}, with its scope and project_name`,
      },
    ];
  });
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
