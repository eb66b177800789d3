import type { PlanWarning } from "../change.ts";
import type { PlanContext } from "../input.ts";
import { createdCandidates } from "../match/interrupted-creates.ts";
import { unreadableProject } from "../match/list-parts.ts";

/**
 * Interrupted creations of keys that the file no longer names, of which nobody can tell what they made. The journal keeps
 * their records.
 */
export function unresolvedCreationWarnings(context: PlanContext): PlanWarning[] {
  const { interruptedCreates, desired, lock, observed } = context;
  if (observed === "offline") return [];
  const wanted = new Set(desired.flatMap(({ key, lifecycle }) => [key, ...lifecycle.movedFrom]));
  return [...interruptedCreates].flatMap(([key, create]): PlanWarning[] => {
    if (wanted.has(key) || create.hashId !== undefined) return [];
    const unreadable = unreadableProject(create, observed.parts);
    if (unreadable !== undefined) {
      return [
        {
          code: "unresolved-creation",
          key,
          message: `an earlier apply was interrupted while it created this one, and ${unreadable.message}`,
          hint: `check whether the token's owner may see the project ${create.projectName}; if it was deleted, remove the lines of this key from the journal beside the lockfile`,
        },
      ];
    }
    const free = createdCandidates(create, observed).filter(
      ({ hashId }) => ![...lock.values()].some((entry) => [entry.hashId, ...entry.superseded].includes(hashId)),
    );
    if (free.length < 2) return [];
    return [
      {
        code: "unresolved-creation",
        key,
        message: `an earlier apply was interrupted while it created this one, and it may be any of ${free.map(({ hashId }) => hashId).join(", ")}`,
        hint: "write its block again with lifecycle.import and the right hash, or delete what nobody needs in Buddy's web page",
      },
    ];
  });
}
