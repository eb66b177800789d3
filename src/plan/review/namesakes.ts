import { isInPlace } from "../../model/identity.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import type { Create, PlanWarning } from "../change.ts";
import type { PlanContext } from "../input.ts";

/**
 * A creation beside an integration of the same type and name in another scope or project: that one is neither a match nor
 * a conflict, but perhaps the one that was meant.
 */
export function namesakeWarnings({ key, type, refused }: Create, context: PlanContext): PlanWarning[] {
  const { desired, live: views, owners, former } = context;
  const wanted = desired.find((integration) => integration.key === key);
  const name = wanted?.fields.get("name");
  // A name from a reference is compared with nothing.
  if (refused !== undefined || wanted === undefined || typeof name !== "string") return [];
  return [...views.values()].flatMap((live): PlanWarning[] => {
    if (live === undefined || owners.has(live.hashId) || former.has(live.hashId)) return [];
    if (live.type !== type || live.name !== name || isInPlace(wanted, live)) return [];
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

function describePlace({ scope, projectName }: LiveIntegration): string {
  return scope === "PROJECT" ? `the project ${projectName ?? "(not shown)"}` : `the scope ${scope ?? "(not shown)"}`;
}
