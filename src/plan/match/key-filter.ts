import { matchesGlob } from "../../model/glob.ts";
import type { Key } from "../../model/integration.ts";
import type { PairedIntegration } from "../input.ts";

/** The keys and globs of `--only`; none means every key. */
export function keyFilter(only: readonly string[]): (key: Key) => boolean {
  if (only.length === 0) return () => true;
  return (key) => only.some((glob) => matchesGlob(glob, key));
}

/** Whether `--only` selects this one: by its key, or by the key that it still has in the lockfile. */
export function passesKeyFilter({ desired, movedFrom }: PairedIntegration, isSelected: (key: Key) => boolean): boolean {
  return isSelected(desired.key) || (movedFrom !== undefined && isSelected(movedFrom));
}
