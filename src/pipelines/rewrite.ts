import type { Position } from "../model/diagnostic.ts";
import type { Key } from "../model/integration.ts";
import type { KnownIntegrations } from "./meaning/known-integrations.ts";
import type { Reference, PipelineScan } from "./reference.ts";
import { encodeScalar } from "./scan/scalar.ts";
import { referenceClassifier } from "./meaning/reference-meaning.ts";
import { ambiguousIdentifiers } from "./meaning/ambiguous-identifiers.ts";
import type { ReferenceMeaning } from "./meaning/reference-meaning.ts";

/** How references are to be written. Without a style, each keeps its key. */
export type ReferenceStyle = "identifier" | "hash";

/** What a reference says: `integration_hash: 5e39…`. */
export interface ReferenceText {
  /** Undefined if it has no key. */
  readonly key: string | undefined;
  readonly value: string;
}

/** One reference that was rewritten; `at` is its place in the old text. */
export interface RewrittenReference {
  readonly file: string;
  readonly at: Position;
  /** The key of the integration. */
  readonly managed: Key;
  readonly from: ReferenceText;
  readonly to: ReferenceText;
}

/** A reference that should change but can't. */
export interface SkippedReference {
  readonly file: string;
  readonly at: Position;
  readonly from: ReferenceText;
  readonly reason: string;
}

export interface RewriteResult {
  readonly text: string;
  readonly changes: readonly RewrittenReference[];
  readonly skipped: readonly SkippedReference[];
}

interface IntendedRewrite {
  readonly reference: Reference;
  readonly managed: Key;
  readonly to: ReferenceText;
}

interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Updates references: superseded hashes and keys of this tool become the current hash, former identifiers the current
 * one. Only values change, and with a style also keys. A second run changes nothing.
 */
export function rewriteReferences(scan: PipelineScan, known: KnownIntegrations, style?: ReferenceStyle): RewriteResult {
  const classify = referenceClassifier(known);
  const shared = ambiguousIdentifiers(known);
  const due = scan.references.filter(({ ignored }) => !ignored);
  const intended = due.flatMap((reference) => intendedRewrite(reference, classify(reference), { style, shared }));
  const disputed = disputedValues(scan.references, intended);
  const changes: RewrittenReference[] = [];
  const skipped: SkippedReference[] = [];
  const edits = new Map<number, TextEdit>();
  for (const { reference, managed, to } of intended) {
    const from = { key: reference.key, value: reference.value };
    const at = reference.range.start;
    if (from.key === to.key && from.value === to.value) continue;
    if (disputed.has(reference.valueRange.start.offset)) {
      skipped.push({ file: scan.file, at, from, reason: "other references to its anchor need another value" });
      continue;
    }
    changes.push({ file: scan.file, at, managed, from, to });
    for (const edit of editsFor(reference, to)) edits.set(edit.start, edit);
  }
  return { text: applyEdits(scan.text, [...edits.values()]), changes, skipped };
}

function intendedRewrite(
  reference: Reference,
  meaning: ReferenceMeaning,
  { style, shared }: { readonly style: ReferenceStyle | undefined; readonly shared: ReadonlyMap<string, unknown> },
): IntendedRewrite[] {
  switch (meaning.kind) {
    case "current":
    case "superseded":
    case "renamed":
    case "unfilled":
      break;
    case "dynamic":
    case "pending":
    case "unmanaged":
    case "gone":
    case "unverified":
    case "numbered":
    case "shared":
    case "unknown":
      return [];
    default:
      return meaning satisfies never;
  }
  const { key: managed, entry } = meaning.managed;
  const { hashId } = entry;
  // A shared identifier could mean any of the integrations that have it.
  const identifier = entry.identifier === undefined || shared.has(entry.identifier) ? undefined : entry.identifier;
  const rewriteTo = (to: ReferenceText): IntendedRewrite[] => [{ reference, managed, to }];
  const { key, value, slot } = reference;
  if (style === "hash" && canTakeStyle(reference, style)) return rewriteTo({ key: "integration_hash", value: hashId });
  if (style === "identifier" && identifier !== undefined && canTakeStyle(reference, style)) {
    return rewriteTo({ key: key === "integration_hash" ? "integration" : key, value: identifier });
  }
  if (meaning.kind === "current") return rewriteTo({ key, value });
  const byName = slot === "identifier" && meaning.kind !== "superseded" && identifier !== undefined;
  return rewriteTo({ key, value: byName ? identifier : hashId });
}

/**
 * Whether a reference can be written in this style. It can't if the other key is in the same map (a map has a key once), if
 * an anchor is involved (references to the anchor keep their keys), among the inputs of a custom action, or if it is the
 * default of a parameter. Only `integration` has a counterpart for hashes, and only in actions.
 */
function canTakeStyle(reference: Reference, style: ReferenceStyle): boolean {
  const { key, context, kind, paired, anchored, tentative } = reference;
  if (paired || anchored || tentative || kind === "alias" || context.role === "inputs") return false;
  if (style === "hash") return context.role === "action" && (key === "integration" || key === "integration_hash");
  return key === "integration_hash" || reference.slot === "identifier";
}

/** The offsets of anchored values for which references to the anchor need different new values. */
function disputedValues(references: readonly Reference[], intended: readonly IntendedRewrite[]): Set<number> {
  const wanted = new Map(intended.map(({ reference, to }) => [reference, to.value]));
  const first = new Map<number, string>();
  const disputed = new Set<number>();
  for (const reference of references) {
    const start = reference.valueRange.start.offset;
    const value = wanted.get(reference) ?? reference.value;
    if ((first.get(start) ?? value) !== value) disputed.add(start);
    first.set(start, value);
  }
  return disputed;
}

function editsFor(reference: Reference, to: ReferenceText): TextEdit[] {
  const edits: TextEdit[] = [];
  if (reference.value !== to.value)
    edits.push(editOfRange(reference.valueRange, encodeScalar(to.value, reference.quote)));
  if (to.key !== undefined && reference.key !== to.key) edits.push(editOfRange(reference.keyRange, to.key));
  return edits;
}

function editOfRange(range: Reference["valueRange"], text: string): TextEdit {
  return { start: range.start.offset, end: range.end.offset, text };
}

function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}
