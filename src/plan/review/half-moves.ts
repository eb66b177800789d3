import type { HashId } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import { isNotReviewed, isPassive, type Change, type Plan, type Refusal } from "../change.ts";
import { leftOut } from "./left-out.ts";

/** The plan of one file of a run, after the comparison with reviewed plans. */
export interface MovingFile {
  readonly file: string;
  readonly workspace: string;
  readonly lock: LockSection;
  /** Undefined if none could be made. */
  readonly plan: Plan | undefined;
  /** Whether the plan of this file will be applied. */
  readonly isGoingOn: boolean;
}

/**
 * A move between files is an adoption in one and a forgetting in the other. If one of the two is left out, since its file
 * was stopped or it isn't reviewed, the other one is too. Otherwise the hash would be in no lockfile, or in two of them.
 *
 * @returns the plans in their order; undefined where none is applied
 */
export function withoutHalfMoves(files: readonly MovingFile[]): readonly (Plan | undefined)[] {
  let now = files;
  for (;;) {
    const before = now;
    now = before.map((each) => withWholeMoves(each, before));
    if (now.every((each, index) => each.plan === before[index]?.plan)) {
      return now.map(({ plan, isGoingOn }) => (isGoingOn ? plan : undefined));
    }
  }
}

function withWholeMoves(own: MovingFile, all: readonly MovingFile[]): MovingFile {
  const { plan, isGoingOn } = own;
  if (plan === undefined || !isGoingOn) return own;
  const others = all.filter(({ file, workspace }) => file !== own.file && workspace === own.workspace);
  const halves = new Map(
    plan.changes.filter(isDone).flatMap((change) => {
      const refused = refusalOfHalf(change, others);
      return refused === undefined ? [] : [[change.key, refused] as const];
    }),
  );
  if (halves.size === 0) return own;
  const changes = plan.changes.map((change) => {
    const refused = isDone(change) ? halves.get(change.key) : undefined;
    return refused === undefined ? change : { ...change, refused };
  });
  return { ...own, plan: { ...plan, changes, unsent: plan.unsent.filter(({ key }) => !halves.has(key)) } };
}

function refusalOfHalf(change: Change, others: readonly MovingFile[]): Refusal | undefined {
  if (change.action === "forget" && change.why === "moved") {
    if (others.some((other) => adopts(other, change.hash_id) || keeps(other, change.hash_id))) return undefined;
    const taker = others.find(({ plan }) => adoptionIn(plan, change.hash_id) !== undefined);
    const adoption = adoptionIn(taker?.plan, change.hash_id);
    const name = taker?.file ?? "another file";
    if (adoption !== undefined && isNotReviewed(adoption))
      return leftOut(`it needs the adoption in ${name}, which isn't reviewed`);
    return notNow(`${name} doesn't adopt it in this run`, name);
  }
  if (change.action !== "adopt") return undefined;
  const holder = others.find((other) => keeps(other, change.hash_id));
  if (holder === undefined) return undefined;
  const forgetting = holder.plan?.changes.find(
    (other) => other.action === "forget" && other.hash_id === change.hash_id,
  );
  if (forgetting !== undefined && isNotReviewed(forgetting))
    return leftOut(`${holder.file} has to forget it, which isn't reviewed`);
  return notNow(`the lockfile of ${holder.file} still has it after this run`, holder.file);
}

function notNow(message: string, file: string): Refusal {
  return { code: "wanted-elsewhere", message, hint: `see what is wrong with ${file}, then run both files again` };
}

function isDone(change: Change): boolean {
  return !isPassive(change) && change.refused === undefined;
}

function adoptionIn(plan: Plan | undefined, hashId: HashId): Change | undefined {
  return plan?.changes.find((change) => change.action === "adopt" && change.hash_id === hashId);
}

function adopts({ plan, isGoingOn }: MovingFile, hashId: HashId): boolean {
  const adoption = adoptionIn(plan, hashId);
  return isGoingOn && adoption !== undefined && isDone(adoption);
}

/** Whether the lockfile has the hash as a current one, before the run and after it. */
function keeps({ lock, plan, isGoingOn }: MovingFile, hashId: HashId): boolean {
  if (![...lock.values()].some((entry) => entry.hashId === hashId)) return false;
  const isDropped = plan?.changes.some(
    (change) =>
      isDone(change) && (change.action === "forget" || change.action === "delete") && change.hash_id === hashId,
  );
  return !isGoingOn || isDropped !== true;
}
