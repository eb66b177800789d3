import type { Diagnostic, Range } from "../model/diagnostic.ts";
import type { ReferenceKey } from "./scan/map-frames.ts";
import type { QuoteStyle } from "./scan/scalar.ts";

/** One place in a pipeline file that names an integration. */
export interface Reference {
  readonly key: ReferenceKey;
  /** The key's own characters, without quotes. */
  readonly keyRange: Range;
  /**
   * `literal`: written here. `alias`: `*name`, so the value stands where the anchor is. `dynamic`: `$VAR` or `!param`,
   * filled in by Buddy when the pipeline runs, never ours.
   */
  readonly kind: "literal" | "alias" | "dynamic";
  /** The text that the value stands for; numbers stay as they are written. */
  readonly value: string;
  /** The characters to replace, inside the quotes; for an alias they stand at the anchor. */
  readonly valueRange: Range;
  readonly quote: QuoteStyle;
  /** Where the reference is shown to stand. */
  readonly range: Range;
  /** The value carries an anchor, so that aliases elsewhere may read it. */
  readonly anchored: boolean;
  /** The same map holds both `integration` and `integration_hash`. */
  readonly paired: boolean;
  readonly context: ReferenceContext;
}

/** What the file calls the things around a reference; undefined where it names none. */
export interface ReferenceContext {
  readonly pipeline: string | undefined;
  readonly action: string | undefined;
  readonly target: string | undefined;
  /**
   * `target`: the map itself is a deployment target, which knows only `integration`. `inputs`: below the `inputs` of a
   * custom action, whose author chose the keys, so that the value may be something else.
   */
  readonly role: "action" | "target" | "inputs";
}

/** What was found in one pipeline file. */
export interface PipelineScan {
  readonly file: string;
  readonly text: string;
  /** By place. */
  readonly references: readonly Reference[];
  /** Says that the file isn't valid YAML and was read line by line. */
  readonly notes: readonly Diagnostic[];
}
