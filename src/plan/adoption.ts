import type { HashId, Live } from "../model.ts";
import type { LockEntry } from "../lockfile.ts";
import type { Adopt, Change, Conflict, Refusal } from "./change.ts";
import { planCreate, superseded } from "./creation.ts";
import { lockEntry } from "./entry.ts";
import { knownOf, named, planFields, sides } from "./fields.ts";
import type { Observed, PlanContext, Wanted } from "./input.ts";
import { judge } from "./judge.ts";
import { immutableDifferences, lookups, matchByIdentifier, matchImport, type Match } from "./match.ts";

/** Not locked, or locked and gone. */
export function planUnlocked(wanted: Wanted, context: PlanContext, observed: Observed): Change[] {
  const { desired, entry } = wanted;
  const made = context.made.get(desired.key);
  const view = (hashId: HashId): Live | undefined => observed.live.get(hashId);
  const imported = desired.lifecycle.import;
  const madeLive = made?.hashId === undefined ? undefined : view(made.hashId);
  let match: Match;
  if (imported !== undefined && !entry?.superseded.includes(imported)) {
    match = matchImport(desired, imported, view(imported), context.owners);
  } else if (madeLive !== undefined && immutableDifferences(desired, madeLive).length === 0) {
    match = { kind: "found", live: madeLive, via: "journal" };
  } else {
    const found = lookups(desired, entry, made?.identifier);
    match = matchByIdentifier(desired, found, context.index, view, context.owners);
  }
  switch (match.kind) {
    case "none":
      return [planCreate(wanted, context)];
    case "conflict": {
      const { candidates } = match;
      const conflict: Conflict = {
        action: "conflict",
        ...named(wanted),
        candidates,
        refused: conflictRefusal(match.message),
      };
      return [conflict];
    }
    case "found":
      return planAdoption(wanted, match.live, match.via, context);
    default:
      return match satisfies never;
  }
}

export function planAdoption(wanted: Wanted, live: Live, via: Adopt["via"], context: PlanContext): Change[] {
  const { entry } = wanted;
  const { fields, unknown } = judge(sides(wanted, live, undefined, context), []);
  const differences = fields.filter((field) => field.compared_with === "live");
  const free = via === "import" || via === "journal" || differences.length === 0 || context.flags.adopt;
  const adopt: Adopt = {
    action: "adopt",
    ...named(wanted),
    hash_id: live.hashId,
    via,
    supersedes: superseded(live.identifier ?? wanted.desired.key, entry, context).filter((h) => h !== live.hashId),
    differences,
    unknown,
  };
  if (!free) {
    const names = differences.map(({ path }) => path).join(", ");
    const refused: Refusal = {
      code: "needs-adopt",
      message: `an integration with this identifier exists and differs from the file in ${names}`,
      hint: `allow it with --adopt, or with lifecycle.import: ${live.hashId}`,
    };
    return [{ ...adopt, refused }];
  }
  const taken = lockEntry({ ...knownOf(wanted, live, undefined, context), peek: true });
  const next = planFields(wanted, live, taken, context);
  return next.action === "update" ? [adopt, next] : [adopt];
}

/** An interrupted replacement had made the new one already: it has the identifier, and the old one was set aside. */
export function findReplacement(
  wanted: Wanted,
  entry: LockEntry,
  context: PlanContext,
  { live }: Observed,
): Live | undefined {
  const made = context.made.get(wanted.desired.key)?.hashId;
  const known = made === undefined ? undefined : live.get(made);
  if (known !== undefined && immutableDifferences(wanted.desired, known).length === 0) return known;
  const found = lookups(wanted.desired, entry, undefined).slice(0, 1);
  const match = matchByIdentifier(wanted.desired, found, context.index, (hashId) => live.get(hashId), context.owners);
  return match.kind === "found" ? match.live : undefined;
}

export function conflictRefusal(message: string): Refusal {
  return {
    code: "conflict",
    message,
    hint: "name the one that is meant with lifecycle.import, or give this one another identifier",
  };
}
