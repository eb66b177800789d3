import type { Place } from "../model/diagnostic.ts";
import type { Key } from "../model/integration.ts";
import { child, itemsOf, textOf, type MapNode, type Path, type Span } from "./yaml/node.ts";

/** An integration as the file writes it, with `defaults` merged. */
export interface WrittenIntegration {
  readonly key: Key;
  /** Where the key stands. */
  readonly span: Span;
  readonly own: MapNode;
  readonly merged: MapNode;
}

/** The keys that the lockfile may have it under: its own, and those that it had before. */
export function keysOf({ key, merged }: WrittenIntegration): readonly Key[] {
  const former = itemsOf(child(child(merged, "lifecycle"), "moved_from"));
  return [key, ...former.flatMap((item) => textOf(item) ?? [])];
}

/** A valid file whose references are not resolved yet. */
export interface Written {
  readonly file: string;
  /** As far as the file names it; without a trailing slash. */
  readonly target: { readonly api?: string; readonly workspace?: string };
  /** Sorted. */
  readonly keys: readonly Key[];
  /** Names of all variables that the file refers to, sorted. */
  readonly references: readonly string[];
  readonly integrations: readonly WrittenIntegration[];
  /**
   * Where something stands: of an integration by its key and the path within it (`["permissions", "users", 0]`; what
   * comes from `defaults` stands there), without a key from the top of the file (`["workspace"]`). What doesn't exist is
   * answered by the nearest that holds it; undefined for an unknown key.
   */
  readonly locate: (key?: Key, path?: Path) => Place | undefined;
}
