import type { DiagnosticCode } from "./diagnostic-catalog.ts";
import { compareTexts } from "./text.ts";

/** A position in a text: line and column from 1, offset from 0 in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A half-open range: `end` is the first position after it. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** The source line to show under a message, with everything that might be secret already masked. */
export interface Frame {
  readonly line: string;
  /** Column of the caret (from 1) and how many characters it underlines, in `line` as it is shown. */
  readonly column: number;
  readonly width: number;
}

export interface Place {
  readonly file: string;
  readonly range: Range;
  readonly frame?: Frame;
}

/**
 * When a warning is no longer shown: once the lockfile holds an integration under one of these keys, or one of this
 * type. Only for warnings that require no action, such as a new type: an apply that succeeded answers them.
 */
export type Until = { readonly keys: readonly string[] } | { readonly type: string };

/** Something that a user should know about a file, an argument or the environment. Text never holds a secret. */
export interface Diagnostic {
  /** Stable, kebab-case: for tests, filters and documentation. */
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Only for warnings. Absent: the warning is shown as long as its cause exists. */
  readonly until?: Until;
  /** Absent for the command line and the environment. */
  readonly place?: Place;
}

/** The result of a check: a value and perhaps warnings, or no value and at least one error. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** Sorts by file, place, severity and code, so that the same problems always give the same text. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      compareTexts(a.place?.file ?? "", b.place?.file ?? "") ||
      (a.place?.range.start.offset ?? -1) - (b.place?.range.start.offset ?? -1) ||
      compareTexts(a.severity, b.severity) ||
      compareTexts(a.code, b.code) ||
      compareTexts(a.message, b.message),
  );
}

/** An error without a place in a file. */
export function errorDiagnostic(code: DiagnosticCode, message: string, hint?: string): Diagnostic {
  return { code, severity: "error", message, ...(hint === undefined ? {} : { hint }) };
}

/** A warning without a place in a file. It names what to do about it. */
export function warningDiagnostic(code: DiagnosticCode, message: string, hint: string): Diagnostic {
  return { code, severity: "warning", message, hint };
}
