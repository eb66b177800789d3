import type { Place } from "../model/diagnostic.ts";
import type { Key } from "../model/integration.ts";
import { childNode, listItems, scalarText, type MapNode, type YamlPath, type YamlSpan } from "./yaml/node.ts";

/** An integration as the file writes it, with `defaults` merged. */
export interface ParsedIntegration {
  readonly key: Key;
  /** Where the key is. */
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
  /** Undefined if the file doesn't name it; without a trailing slash. */
  readonly target: { readonly api?: string; readonly workspace?: string };
  /** Sorted. */
  readonly keys: readonly Key[];
  /** Keys that it drops from management, sorted. */
  readonly removed: readonly Key[];
  /** Names of all variables that the file refers to, sorted. */
  readonly references: readonly string[];
  readonly integrations: readonly ParsedIntegration[];
  /**
   * The place of something in the file. With a key, the path is within that integration (`["permissions", "users",
   * 0]`; what comes from `defaults` is there). Without a key, the path begins at the top of the file (`["workspace"]`). For a path that doesn't exist, the place of the nearest node around it; undefined for an unknown key.
   */
  readonly placeOf: (key?: Key, path?: YamlPath) => Place | undefined;
}
