/** What a map of the pipeline file is called, read from its own `pipeline:`, `action:` or `target:`. */
export type Label = "pipeline" | "action" | "target";
export type ReferenceKey = "integration" | "integration_hash";

/** One open map of the file. */
export interface Frame {
  /** Where its keys stand, from 0; undefined in flow style. */
  readonly column: number | undefined;
  readonly parent: Frame | undefined;
  /** The key of the parent that this map is under. */
  readonly under: string | undefined;
  readonly labels: Map<Label, string>;
  readonly referenceKeys: Set<ReferenceKey>;
  lastKey: string | undefined;
}

/** Which maps are open at a place of the file, told by columns and braces as the tokens pass by. */
export class Frames {
  #top: Frame | undefined;

  /** A key: its map is the one whose keys stand at this column; `column` is undefined in flow style. */
  key(column: number | undefined, name: string): Frame {
    if (column !== undefined) this.#leave(column);
    let frame = this.#top;
    if (frame === undefined || (column !== undefined && frame.column !== column)) frame = this.#push(column);
    frame.lastKey = name;
    return frame;
  }

  /** `-` in block style: an item begins, so what was open to the right of it is over. */
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

  #push(column: number | undefined): Frame {
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

/** Nesting beyond this is no pipeline; the limit keeps hostile files linear. */
const DEEPEST = 100;

/** The nearest name of this kind, from the map outwards. */
export function labelOf(frame: Frame, label: Label): string | undefined {
  return outwards(frame)
    .find((at) => at.labels.has(label))
    ?.labels.get(label);
}

/** Whether the map stands somewhere under `key`. */
export function isUnder(frame: Frame, key: string): boolean {
  return outwards(frame).some((at) => at.under === key);
}

function outwards(frame: Frame): Frame[] {
  const frames: Frame[] = [];
  for (let at: Frame | undefined = frame; at !== undefined && frames.length < DEEPEST; at = at.parent) frames.push(at);
  return frames;
}
