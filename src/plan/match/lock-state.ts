import type { HashId, Key } from "../../model/integration.ts";
import type { LockEntry, LockSection } from "../../model/lockfile.ts";
import type { PairedIntegration, PlanContext, PlanInput } from "../input.ts";
import { keyFilter } from "./key-filter.ts";
import { afterForgetting, whyForgotten } from "./leaving.ts";
import { pairWithLockfile } from "./pairing.ts";

/** The lockfile as the steps of planning see it. */
export interface LockState extends Pick<
  PlanContext,
  "wantedKeys" | "lock" | "owners" | "former" | "forgotten" | "leaving" | "ownerOf"
> {
  readonly wanted: readonly PairedIntegration[];
  /** Entries that the file no longer names, those that the plan drops from the lockfile too. */
  readonly unwanted: readonly (readonly [Key, LockEntry])[];
}

/** Pairs the file with the lockfile, and decides which keys leave it. Keys that are refused stay. */
export function lockState(
  input: Pick<PlanInput, "desired" | "removed" | "others" | "observed" | "flags">,
  lock: LockSection,
  refusedKeys: PlanContext["refusedKeys"],
): LockState {
  const { desired, others, flags } = input;
  const wanted = pairWithLockfile(desired, lock);
  const movedTo = new Map(wanted.flatMap(({ desired: to, movedFrom }) => (movedFrom ? [[movedFrom, to.key]] : [])));
  const wantedKeys = new Set(desired.map(({ key }) => key));
  const unwanted = [...lock].filter(([key]) => !wantedKeys.has(key) && !movedTo.has(key));
  const isSelected = keyFilter(flags);
  const current = new Set([...others.owners.keys(), ...[...lock.values()].map(({ hashId }) => hashId)]);
  const forgotten = new Map(
    unwanted.flatMap(([key, entry]) => {
      const why = isSelected(key) ? whyForgotten(key, entry, input, current) : undefined;
      return why === undefined ? [] : [[key, why] as const];
    }),
  );
  // A plan with `--assume-sent` drops no key.
  const dropped = flags.assume_sent === undefined ? [...forgotten.keys()].filter((key) => !refusedKeys.has(key)) : [];
  const { kept, leaving } = afterForgetting(lock, new Set(dropped));
  const ownerOf = (key: Key): Key => movedTo.get(key) ?? key;
  const elsewhere = [...others.movedTo].filter(([hashId]) => leaving.has(hashId));
  return {
    wanted: pairWithLockfile(desired, kept),
    unwanted,
    wantedKeys,
    lock: kept,
    forgotten,
    leaving,
    // A renamed integration belongs to its new key already, and one that moves to another file belongs to that file.
    owners: new Map<HashId, Key>([
      ...elsewhere,
      ...others.owners,
      ...[...kept].map(([key, { hashId }]) => [hashId, ownerOf(key)] as const),
    ]),
    former: new Map([...kept].flatMap(([key, { superseded }]) => superseded.map((hashId) => [hashId, ownerOf(key)]))),
    ownerOf,
  };
}
