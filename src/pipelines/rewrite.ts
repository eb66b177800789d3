import type { Position } from "../model/diagnostic.ts";
import type { Key } from "../model/integration.ts";
import type { ReferenceKey } from "./scan/frames.ts";
import type { Knowledge } from "./meaning/knowledge.ts";
import type { Reference, Scan } from "./reference.ts";
import { encode } from "./scan/scalar.ts";
import { judging } from "./meaning/verdict.ts";
import type { Verdict } from "./meaning/verdict.ts";

/** How references shall be written; without one, each keeps the key that it has. */
export type Style = "identifier" | "hash";

/** What a reference says: `integration_hash: 5e39…`. */
export interface Written {
  readonly key: ReferenceKey;
  readonly value: string;
}

/** One reference that was rewritten; `at` is its place in the text as it was. */
export interface Change {
  readonly file: string;
  readonly at: Position;
  /** Our key of the integration. */
  readonly managed: Key;
  readonly from: Written;
  readonly to: Written;
}

/** A reference that would have to change and can't. */
export interface Skipped {
  readonly file: string;
  readonly at: Position;
  readonly from: Written;
  readonly reason: string;
}

export interface Rewrite {
  readonly text: string;
  readonly changes: readonly Change[];
  readonly skipped: readonly Skipped[];
}

interface Wish {
  readonly reference: Reference;
  readonly managed: Key;
  readonly to: Written;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Points references to what they mean now: superseded hashes and our keys to the current hash, former identifiers to
 * the current one. Nothing but the values (and with a style the keys) changes; a second run changes nothing.
 */
export function rewriteReferences(scan: Scan, knowledge: Knowledge, style?: Style): Rewrite {
  const judge = judging(knowledge);
  const wishes = scan.references.flatMap((reference) => wishOf(reference, judge(reference), style));
  const disputed = disputedValues(scan.references, wishes);
  const changes: Change[] = [];
  const skipped: Skipped[] = [];
  const edits = new Map<number, Edit>();
  for (const { reference, managed, to } of wishes) {
    const from = { key: reference.key, value: reference.value };
    const at = reference.range.start;
    if (from.key === to.key && from.value === to.value) continue;
    if (disputed.has(reference.valueRange.start.offset)) {
      skipped.push({ file: scan.file, at, from, reason: "its anchor is read by references that need another value" });
      continue;
    }
    changes.push({ file: scan.file, at, managed, from, to });
    for (const edit of editsFor(reference, to)) edits.set(edit.start, edit);
  }
  return { text: applyEdits(scan.text, [...edits.values()]), changes, skipped };
}

function wishOf(reference: Reference, verdict: Verdict, style: Style | undefined): Wish[] {
  switch (verdict.kind) {
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
    case "unknown":
      return [];
    default:
      return verdict satisfies never;
  }
  const { key: managed, entry } = verdict.managed;
  const { hashId, identifier } = entry;
  const wish = (to: Written): Wish[] => [{ reference, managed, to }];
  if (style !== undefined && canChangeKey(reference, style)) {
    if (style === "hash") return wish({ key: "integration_hash", value: hashId });
    if (identifier !== undefined) return wish({ key: "integration", value: identifier });
  }
  const { key, value } = reference;
  if (verdict.kind === "current") return wish({ key, value });
  const byName = key === "integration" && verdict.kind !== "superseded" && identifier !== undefined;
  return wish({ key, value: byName ? identifier : hashId });
}

/**
 * Not where the other key stands beside it (a map holds a key once), not where an anchor is involved (its readers keep
 * their keys), not among a custom action's inputs, and a target knows no `integration_hash`.
 */
function canChangeKey(reference: Reference, style: Style): boolean {
  const { role } = reference.context;
  if (reference.paired || reference.anchored || reference.kind === "alias" || role === "inputs") return false;
  return style === "identifier" || role !== "target";
}

/** Where values begin that an anchor and its aliases read, and that would have to become two different ones. */
function disputedValues(references: readonly Reference[], wishes: readonly Wish[]): Set<number> {
  const wanted = new Map(wishes.map((wish) => [wish.reference, wish.to.value]));
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

function editsFor(reference: Reference, to: Written): Edit[] {
  const edits: Edit[] = [];
  if (reference.value !== to.value) edits.push(replacing(reference.valueRange, encode(to.value, reference.quote)));
  if (reference.key !== to.key) edits.push(replacing(reference.keyRange, to.key));
  return edits;
}

function replacing(range: Reference["valueRange"], text: string): Edit {
  return { start: range.start.offset, end: range.end.offset, text };
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}
