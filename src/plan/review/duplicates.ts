import { isSameIdentity } from "../../model/identity.ts";
import type { LockSection } from "../../model/lockfile.ts";
import type { HashId, Key, LiveIntegration } from "../../model/integration.ts";
import { compareTexts } from "../../model/text.ts";
import type { PlanWarning } from "../change.ts";
import type { ObservedWorkspace } from "../input.ts";

/** Warns of other live integrations with the identifier, type, scope and project of a locked one. The locked one stays managed. */
export function duplicateWarnings(
  lock: LockSection,
  { live, parts }: ObservedWorkspace,
  ownerOf: (key: Key) => Key,
): PlanWarning[] {
  const owned = new Set([...lock.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const listed = new Set(
    [...parts.values()].flatMap((part) => ("why" in part ? [] : part.map(({ hashId }) => hashId))),
  );
  const free = [...live.values()].filter(
    (view): view is LiveIntegration => view !== undefined && listed.has(view.hashId) && !owned.has(view.hashId),
  );
  return [...lock].flatMap(([key, { hashId }]): PlanWarning[] => {
    const locked = live.get(hashId);
    const twins = locked === undefined ? [] : free.filter((view) => isDuplicate(locked, view));
    return twins.length === 0 ? [] : [duplicateWarning(ownerOf(key), hashId, twins)];
  });
}

function duplicateWarning(key: Key, hashId: HashId, twins: readonly LiveIntegration[]): PlanWarning {
  const others = twins.map((twin) => twin.hashId).toSorted(compareTexts);
  return {
    code: "duplicate",
    key,
    message: `exists more than once: ${others.join(", ")} ${others.length === 1 ? "has" : "have"} the same identifier, type and scope as ${hashId}, which the lockfile has and keeps`,
    hint: `see which one pipelines use, then delete the other in Buddy's web page; to keep ${others[0] ?? ""}, forget this one first (\`removed: [${key}]\`) and import that one`,
  };
}

function isDuplicate(locked: LiveIntegration, { identifier, ...other }: LiveIntegration): boolean {
  const { type, scope, projectName } = locked;
  if (identifier === undefined || identifier !== locked.identifier || type !== other.type) return false;
  if (scope !== "WORKSPACE" && scope !== "PROJECT" && scope !== "ENVIRONMENT") return other.scope === scope;
  return isSameIdentity({ type, scope, ...(projectName === undefined ? {} : { projectName }) }, other);
}
