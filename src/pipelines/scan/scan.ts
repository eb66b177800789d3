import type { Diagnostic } from "../../model/diagnostic.ts";
import { createSource, rangeOf, type SourceText } from "../../config/yaml/source-text.ts";
import { surroundingsOf } from "./map-frames.ts";
import { Grammar } from "./grammar.ts";
import { readReferencesByLine } from "./linewise.ts";
import { PIPELINE_LIMITS, type PipelineLimits } from "./pipeline-limits.ts";
import type { FoundReference } from "./reference-collector.ts";
import { ReferenceReader } from "./reference-reader.ts";
import type { ReferenceContext, Reference, PipelineScan } from "../reference.ts";
import { customActionName, NO_KNOWLEDGE, type ReferenceSlot, type ScanKnowledge } from "./reference-keys.ts";
import { readTokens } from "./tokens.ts";

/**
 * Finds every reference to an integration in a pipeline file, by its key or by known hashes. Takes linear time, and
 * never throws.
 */
export function scanPipeline(
  file: string,
  text: string,
  knowledge: ScanKnowledge = NO_KNOWLEDGE,
  limits: PipelineLimits = PIPELINE_LIMITS,
): PipelineScan {
  // A key may be written with escapes.
  const mayHoldReferences = knowledge.hashes.size > 0 || knowledge.inputs.size > 0 || /integration|\\/.test(text);
  if (!mayHoldReferences) return { file, text, references: [], notes: [] };
  const start = text.startsWith("\u{FEFF}") ? 1 : 0;
  const asIs = readAsYaml(text, start, knowledge, limits);
  const readable = asIs.damage === undefined ? text : withoutBareParameters(text);
  const { reader, damage } = readable === text ? asIs : readAsYaml(readable, start, knowledge, limits);
  const lines = damage === undefined ? undefined : readReferencesByLine(text, start, knowledge, limits);
  const { found, excess, ignoredLines } = lines ?? reader;
  if (excess !== undefined) return { file, text, references: [], notes: [tooLargeDiagnostic(file, excess)] };
  const source = createSource(file, text);
  const lineOf = (offset: number): number => rangeOf(source, { start: offset, end: offset }).start.line;
  const ignored = new Set(ignoredLines.map(lineOf));
  return {
    file,
    text,
    references: found.flatMap((each) => toReference(each, source, { knowledge, ignored })).toSorted(compareByPlace),
    notes: damage === undefined ? [] : [notYamlDiagnostic(source, asIs.damage ?? damage)],
  };
}

function readAsYaml(
  text: string,
  start: number,
  knowledge: ScanKnowledge,
  limits: PipelineLimits,
): { readonly reader: ReferenceReader; readonly damage: number | undefined } {
  const reader = new ReferenceReader(start, knowledge, limits);
  const grammar = new Grammar();
  readTokens(text, 0, (token) => {
    grammar.accept(token);
    return reader.accept(token) && grammar.damage === undefined;
  });
  reader.finish(text.length);
  if (reader.excess === undefined) grammar.finish(text.length);
  return { reader, damage: grammar.damage };
}

/** In a remote template, lines that consist of a parameter are placeholders for parts of the file. Blanking them leaves YAML, with each character in its place. */
function withoutBareParameters(text: string): string {
  return text.replaceAll(/^[ \t]*![\w.-]+[ \t]*$/gm, (line) => " ".repeat(line.length));
}

/** Undefined if it is among the inputs of a custom action and isn't known. */
function toReference(
  found: FoundReference,
  source: SourceText,
  { knowledge, ignored }: { readonly knowledge: ScanKnowledge; readonly ignored: ReadonlySet<number> },
): Reference[] {
  const context = contextOf(found);
  const slot = slotIn(context, found, knowledge);
  if (slot === undefined) return [];
  const range = rangeOf(source, found.at);
  const keyRange = rangeOf(source, found.keySpan);
  return [
    {
      key: found.key,
      keyRange,
      slot,
      kind: found.kind,
      value: found.value.text,
      valueRange: rangeOf(source, found.value),
      quote: found.value.quote,
      range,
      anchored: found.anchored,
      paired: (found.frame?.referenceKeys.size ?? 0) > 1,
      tentative: found.value.isDefault,
      // A block scalar's comment is beside its key.
      ignored: ignored.has(range.start.line) || ignored.has(keyRange.start.line),
      context,
    },
  ];
}

/** Among the inputs of a custom action, the key alone says nothing. */
function slotIn(
  { role }: ReferenceContext,
  { slot, key, value, frame }: FoundReference,
  { hashes, inputs }: ScanKnowledge,
): ReferenceSlot | undefined {
  const isKnown = hashes.has(value.text);
  if (role !== "inputs") return slot === "number" || slot === "input" ? (isKnown ? "content" : numberSlot(slot)) : slot;
  const action = customActionName(frame?.parent?.labels.get("custom_type") ?? "");
  const isDeclared = key !== undefined && frame?.under === "inputs" && inputs.get(action)?.has(key) === true;
  if (isDeclared) return "identifier";
  return isKnown ? "content" : undefined;
}

function numberSlot(slot: "number" | "input"): ReferenceSlot | undefined {
  return slot === "number" ? slot : undefined;
}

function contextOf({ frame }: FoundReference): ReferenceContext {
  if (frame === undefined) return { pipeline: undefined, action: undefined, target: undefined, role: "action" };
  const { labels, inputs, backend } = surroundingsOf(frame);
  const isTarget = frame.labels.has("target") && !frame.labels.has("action");
  const { pipeline, action, target } = labels;
  const role = inputs ? "inputs" : backend ? "backend" : isTarget ? "target" : "action";
  return { pipeline, action, target, role };
}

function compareByPlace(a: Reference, b: Reference): number {
  return a.range.start.offset - b.range.start.offset;
}

function tooLargeDiagnostic(file: string, excess: string): Diagnostic {
  const message = `${file} holds more than ${excess}, so no reference in it was read`;
  return { code: "too-large", severity: "error", message, hint: "split the file" };
}

function notYamlDiagnostic(source: SourceText, offset: number): Diagnostic {
  return {
    code: "not-yaml",
    severity: "error",
    message: "this isn't valid YAML, so the file was read line by line; a reference that spans lines may be missed",
    hint: "fix the file here",
    place: { file: source.file, range: rangeOf(source, { start: offset, end: offset }) },
  };
}
