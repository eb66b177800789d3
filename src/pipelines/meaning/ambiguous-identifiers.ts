import type { HashId, Key } from "../../model/integration.ts";
import type { KnownIntegrations } from "./known-integrations.ts";

/** One of several integrations that have the same identifier. */
export interface SharingIntegration {
  readonly hashId: HashId;
  /** Its key, if it is managed here. */
  readonly key: Key | undefined;
  /** Undefined: it belongs to the workspace, or that isn't known. */
  readonly project: string | undefined;
}

/**
 * Identifiers that several integrations have: of the workspace and of a project, or of several projects. Which of them a
 * pipeline gets isn't documented. Integrations of projects other than the pipelines' own don't count, if that is known.
 */
export function ambiguousIdentifiers({
  section,
  workspace,
  project,
}: KnownIntegrations): ReadonlyMap<string, readonly SharingIntegration[]> {
  const found = new Map<string, Map<HashId, SharingIntegration>>();
  const add = (identifier: string | undefined, item: SharingIntegration): void => {
    if (identifier === undefined) return;
    if (project !== undefined && item.project !== undefined && item.project !== project) return;
    const items = found.get(identifier) ?? new Map<HashId, SharingIntegration>();
    if (!items.has(item.hashId)) found.set(identifier, items.set(item.hashId, item));
  };
  const listed = new Map(workspace?.listed.map((item) => [item.hashId, item]));
  for (const [key, { hashId, identifier, lastSent }] of section) {
    const live = listed.get(hashId);
    const locked = lastSent.get("project_name");
    // What the workspace returns is newer than the lockfile.
    const now = live === undefined ? identifier : live.identifier;
    add(now, { hashId, key, project: live?.projectName ?? (typeof locked === "string" ? locked : undefined) });
  }
  for (const { hashId, identifier, projectName } of listed.values()) {
    add(identifier, { hashId, key: undefined, project: projectName });
  }
  const several = [...found].filter(([, items]) => items.size > 1);
  return new Map(several.map(([identifier, items]) => [identifier, [...items.values()]]));
}
