import type { Key, LiveIntegration } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import type { Change, PlanWarning } from "../change.ts";
import type { InterruptedCreate, ObservedWorkspace, PlanContext } from "../input.ts";
import { doubtfulRefusal } from "../match/doubtful-creations.ts";
import { createdCandidates } from "../match/interrupted-creates.ts";
import { unreadableProject } from "../match/list-parts.ts";

/**
 * Warns of interrupted creations of keys that the file no longer names, if it isn't known what they made. The journal
 * keeps their records.
 */
export function unresolvedCreationWarnings(changes: readonly Change[], context: PlanContext): PlanWarning[] {
  const { interruptedCreates, refusedKeys, desired, lock, observed } = context;
  if (observed === "offline") return [];
  const wanted = new Set(desired.flatMap(({ key, lifecycle }) => [key, ...lifecycle.movedFrom]));
  const disbelieved = [...refusedKeys].flatMap(([key, { message, hint = "" }]): PlanWarning[] =>
    wanted.has(key) || lock.has(key) ? [] : [{ code: "unresolved-creation", key, message, hint }],
  );
  const unresolved = [...interruptedCreates].flatMap(([key, create]): PlanWarning[] => {
    if (wanted.has(key)) return [];
    if (create.isLookUpOnly) return unverifiedWarnings(key, create, context);
    if (create.hashId !== undefined) return [];
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
    const free = freeCandidates(create, observed, lock);
    if (free.length < 2) return [];
    return [
      {
        code: "unresolved-creation",
        key,
        message: `an earlier apply was interrupted while it created this one, and it may be any of ${free.map(({ hashId }) => hashId).join(", ")}`,
        hint: WRITE_OR_DELETE,
      },
    ];
  });
  return [...disbelieved, ...unresolved, ...doubtfulWarnings(changes, context)];
}

/** A key needs no such warning if the refusal of its change says the same. */
function doubtfulWarnings(changes: readonly Change[], { doubtful, interruptedCreates }: PlanContext): PlanWarning[] {
  const said = new Set(
    changes.flatMap(({ action, key, refused }) =>
      refused?.code === "doubtful-creation" || action === "adopt" || action === "create" ? [key] : [],
    ),
  );
  return [...doubtful].flatMap(([key, hashes]): PlanWarning[] =>
    said.has(key) || interruptedCreates.get(key)?.isLookUpOnly
      ? []
      : [{ code: "unresolved-creation", key, message: doubtfulRefusal(key, hashes).message, hint: WRITE_OR_DELETE }],
  );
}

const WRITE_OR_DELETE =
  "write its block again with lifecycle.import and the right hash, or delete what nobody needs in Buddy's web page";

/** It isn't known who wrote the journal, so nothing is locked because of it. */
function unverifiedWarnings(key: Key, create: InterruptedCreate, { observed, lock }: PlanContext): PlanWarning[] {
  if (observed === "offline") return [];
  const free = freeCandidates(create, observed, lock);
  if (free.length === 0) return [];
  const hashes = free.map(({ hashId }) => hashId).join(", ");
  return [
    {
      code: "unresolved-creation",
      key,
      message: `the journal says that an earlier apply may have created ${hashes} for this key, but it isn't known who wrote the journal`,
      hint: "write its block again with lifecycle.import and the right hash, run this in a git checkout with git installed, or delete what nobody needs in Buddy's web page",
    },
  ];
}

function freeCandidates(create: InterruptedCreate, observed: ObservedWorkspace, lock: LockSection): LiveIntegration[] {
  return createdCandidates(create, observed).filter(
    ({ hashId }) => ![...lock.values()].some((entry) => [entry.hashId, ...entry.superseded].includes(hashId)),
  );
}
