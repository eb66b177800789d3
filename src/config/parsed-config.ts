import type { Place } from "../model/diagnostic.ts";
import type { Key } from "../model/integration.ts";
import { childNode, listItems, scalarText, type MapNode, type YamlPath, type YamlSpan } from "./yaml/node.ts";

/** An integration as the file writes it, with `defaults` merged. */
export interface ParsedIntegration {
  readonly key: Key;
  /** Where the key stands. */
  readonly span: YamlSpan;
  readonly own: MapNode;
  readonly merged: MapNode;
}

/** The keys that the lockfile may have it under: its own, and those that it had before. */
export function keysOf({ key, merged }: ParsedIntegration): readonly Key[] {
  const former = listItems(childNode(childNode(merged, "lifecycle"), "moved_from"));
  return [key, ...former.flatMap((item) => scalarText(item) ?? [])];
}

/** A valid file whose references are not resolved yet. */
export interface ParsedConfig {
  readonly file: string;
  /** As far as the file names it; without a trailing slash. */
  readonly target: { readonly api?: string; readonly workspace?: string };
  /** Sorted. */
  readonly keys: readonly Key[];
  /** Keys that it drops from management, sorted. */
  readonly removed: readonly Key[];
  /** Names of all variables that the file refers to, sorted. */
  readonly references: readonly string[];
  readonly integrations: readonly ParsedIntegration[];
  /**
   * Where something stands: of an integration by its key and the path within it (`["permissions", "users", 0]`; what
   * comes from `defaults` stands there), without a key from the top of the file (`["workspace"]`). What doesn't exist is
   * answered by the nearest that holds it; undefined for an unknown key.
   */
  readonly placeOf: (key?: Key, path?: YamlPath) => Place | undefined;
}
