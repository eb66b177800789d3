import { identityDifferences } from "../../model/identity.ts";
import type { LiveIntegration } from "../../model/integration.ts";
import type { LockEntry } from "../../model/lockfile.ts";
import type { Change, Conflict, Rename } from "../change.ts";
import type { PlanContext, PairedIntegration } from "../input.ts";
import { conflictRefusal, matchImport } from "../match/counterpart.ts";
import { withManagedIdentifier } from "../match/set-aside.ts";
import { originalIdentifier } from "../match/temporary-identifier.ts";
import { planAdoption, planUnlocked } from "./adopt.ts";
import { changeHeader } from "./change-header.ts";
import { otherKeyHint, planConflict } from "./conflict.ts";
import { planOffline } from "./offline.ts";
import { finishReplacement, planReplacement } from "./replace.ts";
import { planFields } from "./update.ts";

/** The changes that a wanted integration needs, in the order in which they are applied; `keep` when none. */
export function planWanted(wanted: PairedIntegration, context: PlanContext): Change[] {
  const { key, lifecycle } = wanted.desired;
  const [refused] = [key, ...lifecycle.movedFrom].flatMap((each) => context.refusedKeys.get(each) ?? []);
  if (refused !== undefined) return [planConflict(wanted, refused)];
  return [...renames(wanted), ...changesUnderKey(wanted, context)];
}

function renames(wanted: PairedIntegration): Rename[] {
  const { entry, movedFrom } = wanted;
  if (movedFrom === undefined || entry === undefined) return [];
  return [{ action: "rename", ...changeHeader(wanted), hash_id: entry.hashId, from: movedFrom }];
}

function changesUnderKey(wanted: PairedIntegration, context: PlanContext): Change[] {
  const { desired, entry } = wanted;
  if (context.observed === "offline") return planOffline(wanted, context);
  const live = entry === undefined ? undefined : context.live.get(entry.hashId);
  if (entry === undefined || live === undefined) return planUnlocked(wanted, context);
  const named = importedReplacement(wanted, entry, live, context);
  if (named !== undefined) return named;
  const conflict = importConflict(wanted, entry);
  if (conflict !== undefined) return [conflict];
  const finished = finishReplacement(wanted, entry, live, context);
  if (finished !== undefined) return finished;
  const managed = { ...wanted, desired: withManagedIdentifier(desired, live, entry, context) };
  const forces = identityDifferences(desired, live);
  return forces.length === 0
    ? planFields(managed, live, entry, context)
    : planReplacement(managed, entry, live, forces, context);
}

/** If any of several integrations may come from an interrupted replacement, `lifecycle.import` names the right one. */
function importedReplacement(
  wanted: PairedIntegration,
  entry: LockEntry,
  live: LiveIntegration,
  context: PlanContext,
): Change[] | undefined {
  const { key, lifecycle } = wanted.desired;
  const imported = lifecycle.import;
  if (imported === undefined || !context.doubtful.get(key)?.includes(imported)) return undefined;
  if (context.interruptedCreates.get(key)?.replaces !== entry.hashId || originalIdentifier(live) === undefined)
    return undefined;
  const match = matchImport(wanted.desired, imported, context.live.get(imported), context.owners);
  if (match.kind === "conflict") return [planConflict(wanted, match.refused, match.candidates)];
  return match.kind === "none" ? undefined : planAdoption(wanted, match.live, match.via, context);
}

/** `lifecycle.import` of a locked integration may only name its current or a former hash. */
function importConflict(wanted: PairedIntegration, entry: LockEntry): Conflict | undefined {
  const imported = wanted.desired.lifecycle.import;
  if (imported === undefined || imported === entry.hashId || entry.superseded.includes(imported)) return undefined;
  const message = `the lockfile has ${entry.hashId} for this key, but lifecycle.import names ${imported}`;
  return planConflict(
    wanted,
    conflictRefusal(message, `remove lifecycle.import; or ${otherKeyHint(wanted.desired.key)}`),
  );
}
