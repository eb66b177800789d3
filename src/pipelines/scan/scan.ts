import type { Diagnostic } from "../../model/diagnostic.ts";
import { createSource, rangeOf, type SourceText } from "../../config/yaml/source-text.ts";
import { surroundingsOf } from "./map-frames.ts";
import type { MapFrame } from "./map-frames.ts";
import { Grammar } from "./grammar.ts";
import { readReferencesByLine } from "./linewise.ts";
import { PIPELINE_LIMITS, ReferenceReader } from "./reference-reader.ts";
import type { FoundReference, PipelineLimits } from "./reference-reader.ts";
import type { ReferenceContext, Reference, PipelineScan } from "../reference.ts";
import { readTokens } from "./tokens.ts";

/** Finds every reference to an integration in a pipeline file. Linear; never throws, whatever the text. */
export function scanPipeline(file: string, text: string, limits: PipelineLimits = PIPELINE_LIMITS): PipelineScan {
  if (!text.includes("integration")) return { file, text, references: [], notes: [] };
  const start = text.startsWith("\u{FEFF}") ? 1 : 0;
  const reader = new ReferenceReader(start, limits);
  const grammar = new Grammar();
  readTokens(text, 0, (token) => {
    grammar.accept(token);
    return reader.accept(token) && grammar.damage === undefined;
  });
  reader.finish(text.length);
  if (reader.excess === undefined) grammar.finish(text.length);
  const lines = grammar.damage === undefined ? undefined : readReferencesByLine(text, start, limits);
  const { found, excess } = lines ?? reader;
  if (excess !== undefined) return { file, text, references: [], notes: [tooLargeDiagnostic(file, excess)] };
  const source = createSource(file, text);
  return {
    file,
    text,
    references: found.map((each) => toReference(each, source)).toSorted(compareByPlace),
    notes: grammar.damage === undefined ? [] : [notYamlDiagnostic(source, grammar.damage)],
  };
}

function toReference(found: FoundReference, source: SourceText): Reference {
  return {
    key: found.key,
    keyRange: rangeOf(source, found.keySpan),
    kind: found.kind,
    value: found.value.text,
    valueRange: rangeOf(source, found.value),
    quote: found.value.quote,
    range: rangeOf(source, found.kind === "alias" ? found.at : found.value),
    anchored: found.anchored,
    paired: found.frame.referenceKeys.size > 1,
    context: contextOf(found.frame),
  };
}

function contextOf(frame: MapFrame): ReferenceContext {
  const { labels, inputs } = surroundingsOf(frame);
  const isTarget = frame.labels.has("target") && !frame.labels.has("action");
  return {
    pipeline: labels.pipeline,
    action: labels.action,
    target: labels.target,
    role: inputs ? "inputs" : isTarget ? "target" : "action",
  };
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
    severity: "warning",
    message: "this isn't valid YAML, so the file was read line by line; a reference that spans lines may be missed",
    hint: "remote templates with bare !param lines look like this; otherwise mend the file here",
    place: { file: source.file, range: rangeOf(source, { start: offset, end: offset }) },
  };
}
