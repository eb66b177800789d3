import { sortDiagnostics } from "../../model/diagnostic.ts";
import type { Diagnostic, Frame } from "../../model/diagnostic.ts";
import type { HashId, Key } from "../../model/integration.ts";
import { findingOf } from "./reference-findings.ts";
import type { KnownIntegrations } from "./known-integrations.ts";
import { proposeKeys } from "./propose.ts";
import type { Reference, PipelineScan } from "../reference.ts";
import { referenceClassifier } from "./reference-meaning.ts";

/** A reference to an integration that integrations.yaml wants and that isn't created yet. */
export interface PendingUse {
  readonly file: string;
  readonly reference: Reference;
  readonly key: Key;
}

/** The result of `refs --check`. */
export interface ReferenceCheck {
  /** Sorted; includes the notes of the scans. */
  readonly diagnostics: readonly Diagnostic[];
  /** Not wrong: the next apply creates what they name. */
  readonly pending: readonly PendingUse[];
  /** How many references were checked, including dynamic ones. */
  readonly references: number;
  readonly dynamic: number;
}

/** Hashes that only the workspace knows, in order of appearance. Look them up, and pass the results as `known.workspace`. */
export function unverifiedHashes(scans: readonly PipelineScan[], known: KnownIntegrations): HashId[] {
  const classify = referenceClassifier(known);
  const references = scans.flatMap((scan) => scan.references);
  const open = references.filter((each) => !each.ignored && classify(each).kind === "unverified");
  return [...new Set(open.map((each) => each.value))];
}

export function checkReferences(scans: readonly PipelineScan[], known: KnownIntegrations): ReferenceCheck {
  const classify = referenceClassifier(known);
  const classified = scans.flatMap((scan) =>
    scan.references.map((reference) => ({ scan, reference, meaning: classify(reference) })),
  );
  const proposals = proposeKeys(
    classified.flatMap(({ meaning }) => (meaning.kind === "unmanaged" ? [meaning.live] : [])),
    known,
  );
  const findings = classified.flatMap(({ scan, reference, meaning }): Diagnostic[] => {
    const finding = reference.ignored
      ? undefined
      : findingOf(reference, meaning, { proposals, flags: known.flags ?? "" });
    return finding === undefined ? [] : [{ ...finding, place: diagnosticPlace(scan, reference) }];
  });
  return {
    diagnostics: sortDiagnostics([...scans.flatMap((scan) => scan.notes), ...findings]),
    pending: classified.flatMap(({ scan: { file }, reference, meaning }) =>
      meaning.kind === "pending" ? [{ file, reference, key: meaning.key }] : [],
    ),
    references: classified.length,
    dynamic: classified.filter(({ meaning }) => meaning.kind === "dynamic").length,
  };
}

function diagnosticPlace(scan: PipelineScan, reference: Reference): NonNullable<Diagnostic["place"]> {
  return { file: scan.file, range: reference.range, frame: referenceFrame(scan.text, reference) };
}

/**
 * Only the key and the value: the rest of the line may hold a secret. Indentation and dashes before the key are
 * kept, so that people recognise the line.
 */
function referenceFrame(text: string, { keyRange, range }: Reference): Frame {
  const value = range.start.offset;
  const shownFrom = includeQuote(text, keyRange.start.line === range.start.line ? keyRange.start.offset : value, -1);
  const before = text.slice(value - range.start.column + 1, shownFrom);
  const lead = /^[\s-]*$/.test(before) ? before : "… ";
  const [line = ""] = (lead + text.slice(shownFrom, includeQuote(text, range.end.offset, 1))).split(/\r?\n/);
  const start = lead.length + value - shownFrom;
  return { line, column: start + 1, width: Math.max(1, Math.min(line.length - start, range.end.offset - value)) };
}

/** Includes the quote on that side, if there is one. */
function includeQuote(text: string, offset: number, step: 1 | -1): number {
  return /["']/.test(text.charAt(step === 1 ? offset : offset - 1)) ? offset + step : offset;
}
