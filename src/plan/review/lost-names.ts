import type { SeenPlace } from "../../model/identity.ts";
import type { HashId, IntegrationWithIds, Key } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import type { Change, Plan } from "../change.ts";
import { lockedIdentity } from "../compare/lock-entry.ts";
import type { ObservedWorkspace } from "../input.ts";
import { changesByTakenHash } from "../loss.ts";

/** The inputs of a plan that show which names exist now. */
export interface NameSources {
  readonly section: LockSection;
  readonly desired: readonly Pick<IntegrationWithIds, "key" | "scope" | "projectName">[];
  /** Empty for an offline plan. */
  readonly live: ObservedWorkspace["live"];
}

/** A hash or an identifier that no longer refers to the same integration after the plan. */
export interface LostName {
  readonly key: Key;
  /** What happens to it, in words that follow its name: `is deleted`. */
  readonly fate: string;
  /** When `refs --write` can fix what refers to it; `never`: there is nothing to point it to. */
  readonly fixable: "before" | "after" | "never";
}

/** The hashes and identifiers that a plan takes away from whatever refers to them. */
export interface LostNames {
  readonly hashes: ReadonlyMap<HashId, LostName>;
  readonly identifiers: ReadonlyMap<string, LostName>;
}

export function lostNames(plan: Plan, sources: NameSources): LostNames {
  const taken = changesByTakenHash(plan);
  const hashes = [...taken].map(([hashId, change]): [HashId, LostName] => {
    const { key } = change;
    if (change.action !== "delete") return [hashId, { key, fate: "is superseded", fixable: "after" }];
    const current = sources.section.get(key)?.hashId;
    const hasSuccessor = change.which !== "current" && current !== undefined && !taken.has(current);
    return [hashId, { key, fate: "is deleted", fixable: hasSuccessor ? "before" : "never" }];
  });
  return { hashes: new Map(hashes), identifiers: lostIdentifiers(plan, sources) };
}

/** Whether there is any name that a pipeline could miss. */
export function losesNames({ hashes, identifiers }: LostNames): boolean {
  return hashes.size > 0 || identifiers.size > 0;
}

/** An identifier with its owner and its place. */
interface HeldIdentifier extends SeenPlace {
  readonly key: Key;
  readonly identifier: string | undefined;
}

/** An integration of the same key, or another one in the same place, keeps a name alive. */
function lostIdentifiers({ changes }: Plan, sources: NameSources): Map<string, LostName> {
  const desired = new Map(sources.desired.map((integration) => [integration.key, integration]));
  const decided = new Set(changes.filter(decidesIdentifier).map(({ key }) => key));
  const after = changes.flatMap((change): HeldIdentifier[] => {
    // If the key has an update, the update decides, not the record beside it.
    if (decided.has(change.key) && !decidesIdentifier(change)) return [];
    const identifier = identifierAfter(change, sources);
    const { scope, projectName } = desired.get(change.key) ?? {};
    return identifier === undefined ? [] : [{ key: change.key, identifier, scope, projectName }];
  });
  const owned = new Map(after.map(({ key, identifier }) => [key, identifier]));
  const placed = new Set(after.filter(({ scope }) => scope !== undefined).map(heldIdentifierText));
  const lost = new Map<string, LostName>();
  for (const change of changes) {
    const { key } = change;
    for (const held of identifiersBefore(change, sources)) {
      const now = change.action === "delete" ? undefined : owned.get(key);
      if (held.identifier === undefined || held.identifier === owned.get(key) || placed.has(heldIdentifierText(held)))
        continue;
      const isGone = now === undefined;
      const fate = isGone ? "is deleted" : `becomes ${now}`;
      lost.set(held.identifier, { key, fate, fixable: isGone ? "never" : "after" });
    }
  }
  return lost;
}

function decidesIdentifier({ action }: Change): boolean {
  return action === "create" || action === "replace" || action === "update" || action === "adopt";
}

function heldIdentifierText({ identifier, scope, projectName }: HeldIdentifier): string {
  return JSON.stringify([identifier, scope, projectName]);
}

/** The identifiers that pipelines may use now for what a change takes away or renames: the live one, and the locked one. */
function identifiersBefore(change: Change, { section, live }: NameSources): HeldIdentifier[] {
  const { key } = change;
  const entry = section.get(key);
  const locked = entry === undefined ? [] : [{ key, identifier: entry.identifier, ...lockedIdentity(entry) }];
  const seen = (hashId: HashId): HeldIdentifier[] => {
    const view = live.get(hashId);
    return view === undefined
      ? []
      : [{ key, identifier: view.identifier, scope: view.scope, projectName: view.projectName }];
  };
  switch (change.action) {
    case "delete":
      return [...seen(change.hash_id), ...(change.which === "current" ? locked : [])];
    case "replace":
      return [...seen(change.hash_id), ...locked];
    case "update":
      return change.fields.some(({ path }) => path === "identifier") ? [...seen(change.hash_id), ...locked] : [];
    case "create":
      return change.recreates === undefined ? [] : locked;
    case "adopt":
      return change.supersedes.length === 0 ? [] : locked;
    case "conflict":
    case "forget":
    case "keep":
    case "orphan":
    case "record":
    case "rename":
      return [];
    default:
      return change satisfies never;
  }
}

/** The identifier that a key's integration has once the change is done. */
function identifierAfter(change: Change, { section, live }: NameSources): string | undefined {
  switch (change.action) {
    case "create":
    case "replace":
      return change.identifier;
    case "update": {
      const after = change.fields.find(({ path }) => path === "identifier")?.after;
      return typeof after === "string" ? after : (live.get(change.hash_id) ?? section.get(change.key))?.identifier;
    }
    case "adopt":
    case "keep":
    case "orphan":
    case "record":
    case "rename":
      return (live.get(change.hash_id) ?? section.get(change.key))?.identifier;
    case "delete":
    case "forget":
    case "conflict":
      return undefined;
    default:
      return change satisfies never;
  }
}
