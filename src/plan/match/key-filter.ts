import { matchesGlob } from "../../model/glob.ts";
import type { Key } from "../../model/integration.ts";
import type { PlanFlags } from "../change.ts";
import type { PairedIntegration } from "../input.ts";

/** The keys and globs of `--only`, where none means every key, and of `--exclude`. */
export type KeyChoice = Pick<PlanFlags, "only" | "exclude">;

/** Whether `--only` and `--exclude` select a key. */
export function keyFilter(choice: KeyChoice): (key: Key) => boolean {
  return (key) => areChosen([key], choice);
}

/** Whether only a part of the keys is selected. */
export function isPartialChoice({ only, exclude = [] }: KeyChoice): boolean {
  return only.length > 0 || exclude.length > 0;
}

/** An integration with several names is selected if `--only` matches one of them and `--exclude` matches none. */
function areChosen(names: readonly Key[], { only, exclude = [] }: KeyChoice): boolean {
  const isOneOf = (globs: readonly string[]): boolean =>
    globs.some((glob) => names.some((name) => matchesGlob(glob, name)));
  return (only.length === 0 || isOneOf(only)) && !isOneOf(exclude);
}

/** Whether `--only` and `--exclude` select this one: by its key, or by the key that it still has in the lockfile. */
export function passesKeyFilter({ desired, movedFrom }: PairedIntegration, choice: KeyChoice): boolean {
  return areChosen([desired.key, ...(movedFrom === undefined ? [] : [movedFrom])], choice);
}
