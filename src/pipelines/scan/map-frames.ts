/** The keys whose values name a map of the pipeline file: its own `pipeline:`, `action:`…; `custom_type` is the action that it runs. */
export type MapLabel = "pipeline" | "action" | "target" | "custom_type";

/** One open map of the file. */
export interface MapFrame {
  /** The column of its keys, from 0; undefined in flow style. */
  readonly column: number | undefined;
  readonly parent: MapFrame | undefined;
  /** The key of the parent that this map is under. */
  readonly under: string | undefined;
  readonly labels: Map<MapLabel, string>;
  /** Which of `integration` and `integration_hash` it has. */
  readonly referenceKeys: Set<string>;
  lastKey: string | undefined;
}

/** Which maps are open at a place of the file, followed by columns and braces, token by token. */
export class MapFrames {
  #top: MapFrame | undefined;

  /** A key: its map is the one whose keys are at this column; `column` is undefined in flow style. */
  key(column: number | undefined, name: string): MapFrame {
    if (column !== undefined) this.#leave(column);
    let frame = this.#top;
    if (frame === undefined || (column !== undefined && frame.column !== column)) frame = this.#push(column);
    frame.lastKey = name;
    return frame;
  }

  /** `-` in block style: an item begins, so maps to the right of it are closed. */
  item(column: number): void {
    this.#leave(column);
  }

  openFlow(): void {
    this.#push(undefined);
  }

  closeFlow(): void {
    let frame = this.#top;
    while (frame !== undefined && frame.column !== undefined) frame = frame.parent;
    if (frame !== undefined) this.#top = frame.parent;
  }

  reset(): void {
    this.#top = undefined;
  }

  #leave(column: number): void {
    while (this.#top !== undefined && (this.#top.column === undefined || this.#top.column > column)) {
      this.#top = this.#top.parent;
    }
  }

  #push(column: number | undefined): MapFrame {
    const parent = this.#top;
    this.#top = {
      column,
      parent,
      under: parent?.lastKey,
      labels: new Map(),
      referenceKeys: new Set(),
      lastKey: undefined,
    };
    return this.#top;
  }
}

/** No real pipeline is nested deeper; the limit keeps the time linear for hostile files. */
const DEEPEST_MAP = 100;

/** What is around a map: the nearest name of each kind, including its own, and whether it is below such a key. */
export interface Surroundings {
  readonly labels: Readonly<Partial<Record<MapLabel, string>>>;
  readonly inputs: boolean;
  readonly backend: boolean;
}

export function surroundingsOf(frame: MapFrame): Surroundings {
  const labels: Partial<Record<MapLabel, string>> = {};
  let inputs = false;
  let backend = false;
  let depth = 0;
  for (let at: MapFrame | undefined = frame; at !== undefined && depth < DEEPEST_MAP; at = at.parent) {
    for (const [label, name] of at.labels) labels[label] ??= name;
    inputs ||= at.under === "inputs";
    backend ||= at.under === "backend";
    depth += 1;
  }
  return { labels, inputs, backend };
}
