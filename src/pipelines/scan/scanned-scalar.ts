import type { MapFrame } from "./map-frames.ts";
import type { ReferenceSlot } from "./reference-keys.ts";
import type { Token } from "./tokens.ts";

/** A text of the file, with where it is. What follows decides whether it is a key or a value. */
export interface ScannedScalar {
  readonly token: Token;
  readonly column: number;
  readonly lineStart: number;
  readonly anchor: string | undefined;
  /** The anchor is on its own line: in front of a key it is the anchor of the map. */
  readonly isAnchorAbove: boolean;
}

/** A key of the file. */
export interface ScannedKey {
  readonly name: string;
  /** How its value names an integration. `input`: some custom action declares the key as an integration. */
  readonly slot: ReferenceSlot | "input" | undefined;
  /** Of the line with the colon. */
  readonly lineStart: number;
  readonly scalar: ScannedScalar;
  readonly frame: MapFrame;
}
