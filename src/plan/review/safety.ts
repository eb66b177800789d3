import type { LockEntry } from "../../model/lockfile.ts";
import type { HashId, Key, LiveIntegration } from "../../model/integration.ts";
import { isGuardedLoss } from "../loss.ts";
import type { Change, PlanFlags, Refusal } from "../change.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";

/** Percent of the locked integrations that may be destroyed without `--max-deletions`. */
const MAX_PERCENT = 30;
/** Fewer than this many are always allowed, unless they are all. */
const MIN_COUNT = 3;

export interface SafetyInput {
  /** Keys of the lockfile whose integration exists. Others would make a deletion look like a small share. */
  readonly existing: ReadonlySet<Key>;
  readonly protectedKeys: ReadonlySet<Key>;
  readonly flags: PlanFlags;
}

/** Refuses changes that a rule forbids or that need a missing flag. Other changes aren't affected. */
export function applySafetyRules(changes: readonly Change[], input: SafetyInput): Change[] {
  const { flags, protectedKeys, existing } = input;
  const guarded = changes.map((change): Change => {
    // Protection is reported before a missing --recreate, so that nobody passes --recreate first and then learns of it.
    const isOpen = change.refused === undefined || change.refused.code === "needs-recreate";
    if (!isOpen || !isGuardedLoss(change)) return change;
    if (protectedKeys.has(change.key)) return { ...change, refused: protectionRefusal(change) };
    if (change.action === "replace" && !flags.allow_replace) return { ...change, refused: REPLACEMENT_REFUSAL };
    return change;
  });
  const count = guarded.filter((change) => isGuardedLoss(change) && !change.refused).length;
  const recreated = guarded.flatMap((change) =>
    change.action === "create" && isGuardedLoss(change) ? [change.key] : [],
  );
  const locked = new Set([...existing, ...recreated]).size;
  const refused = thresholdRefusal(count, locked, flags.max_deletions);
  if (refused === undefined) return guarded;
  return guarded.map((change) => (isGuardedLoss(change) && !change.refused ? { ...change, refused } : change));
}

/** A live integration can have only one key. If several keys would adopt the same one, none does. */
export function refuseSharedAdoptions(changes: readonly Change[]): Change[] {
  const claims = new Map<HashId, Key[]>();
  for (const change of changes) {
    if (change.action === "adopt") claims.set(change.hash_id, [...(claims.get(change.hash_id) ?? []), change.key]);
  }
  const shared = new Map([...claims].filter(([, keys]) => keys.length > 1));
  const losers = new Set([...shared.values()].flat());
  return changes.flatMap((change): Change[] => {
    if (!losers.has(change.key)) return [change];
    if (change.action !== "adopt") return [];
    const { key, type, name, hash_id } = change;
    const others = (shared.get(hash_id) ?? []).filter((other) => other !== key).join(", ");
    const message = `the integration ${hash_id} would be adopted by ${others} too`;
    const hint = "give each key its own identifier, or name the right one with lifecycle.import";
    const candidates = [{ hash_id, type, name }];
    return [
      {
        action: "conflict",
        key,
        type,
        name,
        candidates,
        refused: { code: "conflict", message, hint },
      },
    ];
  });
}

/** An integration that is adopted isn't deleted as the former integration of another key. */
export function keepAdoptedIntegrations(changes: readonly Change[]): Change[] {
  const adopted = new Set(changes.flatMap((change) => (change.action === "adopt" ? [change.hash_id] : [])));
  return changes.filter(
    (change) =>
      !(
        (change.action === "delete" || change.action === "orphan") &&
        change.which !== "current" &&
        adopted.has(change.hash_id)
      ),
  );
}

/** Refuses to delete or replace an integration that isn't as the lockfile describes it. `hint`: what to do then. */
export function lockMismatch(entry: LockEntry, live: LiveIntegration, hint: string): Refusal | undefined {
  const isSetAside = originalIdentifier(live) !== undefined;
  const sameIdentifier = entry.identifier === undefined || isSetAside || entry.identifier === live.identifier;
  if (entry.type === live.type && sameIdentifier) return undefined;
  const [locked, now] = [entry, live].map(({ type, identifier }) => `${type} ${identifier ?? "(no identifier)"}`);
  return {
    code: "lock-mismatch",
    message: `the lockfile holds ${locked}, but the workspace has ${now} under this hash`,
    hint,
  };
}

function thresholdRefusal(count: number, locked: number, allowed: number | undefined): Refusal | undefined {
  if (count === 0) return undefined;
  if (allowed !== undefined) {
    if (count <= allowed) return undefined;
  } else {
    const tooMany = count >= MIN_COUNT && count * 100 > locked * MAX_PERCENT;
    if (!tooMany && count < locked) return undefined;
  }
  const share = locked === 0 ? 100 : Math.round((count / locked) * 100);
  const limit = allowed === undefined ? "the default limit is 30 % (at least 2, never all)" : `the limit is ${allowed}`;
  return {
    code: "threshold",
    message: `${count} of ${locked} locked integrations (${share} %) would be deleted or replaced; ${limit}`,
    hint: `if that is meant, allow it with --max-deletions ${count}`,
  };
}

function protectionRefusal(change: Change): Refusal {
  const what = change.action === "delete" ? "deleted" : change.action === "create" ? "recreated" : "replaced";
  return {
    code: "protected",
    message: `it is protected (lifecycle.protect) and would be ${what}`,
    hint: "set lifecycle.protect: false in the file and apply that first: the lockfile keeps the protection until then",
  };
}

const REPLACEMENT_REFUSAL: Refusal = {
  code: "needs-allow-replace",
  message: "a field that can't change differs, so a new integration with a new hash would replace this one",
  hint: "allow it with --allow-replace; pipelines then need the new hash (refs --write)",
};
