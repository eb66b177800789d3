import type { IntegrationRow } from "./integration-row.ts";

/**
 * Groups of integrations that exist more than once, with the same identifier, type, scope and project. One of a group
 * was probably created twice.
 */
export function duplicateRows(rows: readonly IntegrationRow[]): readonly (readonly IntegrationRow[])[] {
  const groups = new Map<string, IntegrationRow[]>();
  for (const row of rows) {
    if (row.identifier === undefined || row.status === "gone" || row.status === "superseded") continue;
    const group = JSON.stringify([row.type, row.scope, row.project_name, row.identifier]);
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** What is wrong with such a group, and what to do. */
export function describeDuplicates(group: readonly IntegrationRow[]): {
  readonly message: string;
  readonly hint: string;
} {
  const locked = group.find(({ key }) => key !== undefined);
  const others = group.filter((row) => row !== locked).map(({ hash_id }) => hash_id);
  const [first] = group;
  const message =
    locked === undefined
      ? `${group.length} integrations of the type ${first?.type ?? ""} have the identifier ${first?.identifier ?? ""}: ${group.map(({ hash_id }) => hash_id).join(", ")}`
      : `${locked.key} exists more than once: ${others.join(", ")} beside ${locked.hash_id}, which the lockfile has and keeps`;
  return {
    message,
    hint: "keep the one that pipelines use, which `refs --usages` shows, and delete the others in Buddy's web page",
  };
}
