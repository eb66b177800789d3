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

/** The keys under which the lockfile may have the integration: its own key and its former keys. */
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
  /** Keys that the file drops from management, sorted. */
  readonly removed: readonly Key[];
  /** Names of all variables that the file refers to, sorted. */
  readonly references: readonly string[];
  readonly integrations: readonly ParsedIntegration[];
  /**
   * The place of something in the file. With a key, the path is within that integration with its `defaults`
   * (`["permissions", "users", 0]`). Without a key, the path begins at the top of the file (`["workspace"]`). If the
   * path doesn't exist, this is the place of the nearest node around it. Undefined for an unknown key.
   */
  readonly placeOf: (key?: Key, path?: YamlPath) => Place | undefined;
}
