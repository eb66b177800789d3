import type { Diagnostic, Range } from "../model/diagnostic.ts";
import type { ReferenceSlot } from "./scan/reference-keys.ts";
import type { QuoteStyle } from "./scan/scalar.ts";

/** One place in a pipeline file that names an integration. */
export interface Reference {
  /** The key of the value; undefined for an item of a list, and for a hash that is a key itself. */
  readonly key: string | undefined;
  /** The key's own characters, without quotes; where there is no key, the value's. */
  readonly keyRange: Range;
  readonly slot: ReferenceSlot;
  /**
   * `literal`: written here. `alias`: `*name`, so the value is at the anchor. `dynamic`: `$VAR` or `!param`, which Buddy
   * replaces when the pipeline runs; it isn't checked or changed.
   */
  readonly kind: "literal" | "alias" | "dynamic";
  /** The text of the value; numbers stay as they are written. */
  readonly value: string;
  /** The characters to replace, inside the quotes; for an alias they are at the anchor. */
  readonly valueRange: Range;
  readonly quote: QuoteStyle;
  /** The place that is shown for the reference. */
  readonly range: Range;
  /** An anchor is involved: the value carries one, or the key is an alias. Then the key can't be changed. */
  readonly anchored: boolean;
  /** The same map holds both `integration` and `integration_hash`. */
  readonly paired: boolean;
  /** The default of a parameter (`!{name:default}`): if it is unknown, it may mean something else. */
  readonly tentative: boolean;
  /** The line of the value, or of its key, ends with `# buddy-integrations: ignore`. */
  readonly ignored: boolean;
  readonly context: ReferenceContext;
}

/** The names of what surrounds a reference in the file; undefined if there is none. */
export interface ReferenceContext {
  readonly pipeline: string | undefined;
  readonly action: string | undefined;
  readonly target: string | undefined;
  /**
   * `target`, `backend`: a deployment target or the backend of a Terraform action, which know only `integration`.
   * `inputs`: below the `inputs` of a custom action, whose author chose the keys.
   */
  readonly role: "action" | "target" | "backend" | "inputs";
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
