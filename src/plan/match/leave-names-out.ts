import type { IntegrationWithSecrets, IntegrationWithIds, Key } from "../../model/integration.ts";
import { withIds } from "./with-ids.ts";

/** Without the API, names can't be resolved to numbers. Lists with names are left out, and listed in `unresolved`. */
export function leaveNamesOut(integrations: readonly IntegrationWithSecrets[]): {
  readonly desired: readonly IntegrationWithIds[];
  readonly unresolved: ReadonlyMap<Key, readonly string[]>;
} {
  const unresolved = new Map<Key, readonly string[]>();
  const desired = integrations.map((integration): IntegrationWithIds => {
    const { allowedPipelines, permissions } = integration;
    const pipelines = numbersOnly(allowedPipelines, (ref) => ("id" in ref ? ref : undefined));
    const users = numbersOnly(permissions?.users, ({ who, level }) => ("id" in who ? { who, level } : undefined));
    const groups = numbersOnly(permissions?.groups, ({ who, level }) => ("id" in who ? { who, level } : undefined));
    const lists = { allowed_pipelines: pipelines, "permissions.users": users, "permissions.groups": groups };
    const missing = Object.entries(lists).flatMap(([path, list]) => (list === "named" ? [path] : []));
    if (missing.length > 0) unresolved.set(integration.key, missing);
    return withIds(integration, {
      pipelines: pipelines === "named" ? undefined : pipelines,
      users: users === "named" ? undefined : users,
      groups: groups === "named" ? undefined : groups,
    });
  });
  return { desired, unresolved };
}

/** `named`: the list holds something that isn't a number. */
function numbersOnly<From, To>(
  list: readonly From[] | undefined,
  take: (item: From) => To | undefined,
): readonly To[] | "named" | undefined {
  if (list === undefined) return undefined;
  const taken = list.map(take);
  return taken.every((item) => item !== undefined) ? taken : "named";
}
