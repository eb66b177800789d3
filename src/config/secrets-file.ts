import type { DiagnosticCode } from "../model/diagnostic-catalog.ts";
import { parse } from "dotenv";
import { createSource, positionOf } from "./yaml/source-text.ts";
import { sortDiagnostics, type Diagnostic } from "../model/diagnostic.ts";

export interface SecretsFile {
  readonly values: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** An assignment as dotenv reads it: one line, or several within quotes. */
const ASSIGNMENT =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?[^\S\n]*(#.*)?$/gm;

/** A file with more faults than this isn't a secrets file. */
const MOST_FAULTS = 100;

/**
 * Limits for the characters in a file, and for spaces and line ends in a row: both patterns backtrack from every
 * position of such a run.
 */
export const LARGEST_SECRETS = 1024 * 1024;
const LONGEST_GAP = 100;
const GAP = new RegExp(String.raw`\s{${LONGEST_GAP + 1}}`);

/**
 * Reads a dotenv file. A line that isn't an assignment is an error (dotenv would skip it), and so is a `#` that would
 * end an unquoted value too early. No text of the file is shown.
 * @param names variables that are needed: in their values, text that dotenv readers interpret differently is an error
 */
export function parseSecretsFile(file: string, text: string, names: ReadonlySet<string>): SecretsFile {
  const lines = text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  const diagnostics: Diagnostic[] = [];
  const source = createSource(file, lines);
  const refuse = (code: DiagnosticCode, message: string, offset: number, hint = HINT) => {
    const position = positionOf(source, offset);
    const place = { file, range: { start: position, end: position } };
    diagnostics.push({ code, severity: "error", message, hint, place });
  };
  const gap = lines.search(GAP);
  if (lines.length > LARGEST_SECRETS) refuse("too-large", "the file is larger than 1 MiB", 0);
  else if (gap !== -1) refuse("too-large", `more than ${LONGEST_GAP} spaces or empty lines in a row`, gap);
  if (diagnostics.length > 0) return { values: new Map(), diagnostics };
  const rest = lines.replaceAll(
    ASSIGNMENT,
    (found: string, name: string, given: string | undefined, comment: string | undefined, offset: number) => {
      const start = offset + found.length - found.trimStart().length;
      const value = given?.trim() ?? "";
      const mark = /^["'`]/.exec(value)?.[0];
      if (mark !== undefined && (value.length === 1 || !value.endsWith(mark))) {
        refuse("unclosed-quote", "the quote that begins here is never closed", start);
      } else if (mark === undefined && comment !== undefined && given !== undefined && !/\s$/.test(given)) {
        refuse("cut-short", "`#` ends the value here", start);
      } else if (mark !== undefined && names.has(name)) {
        const escape = ambiguousEscape(value, mark);
        if (escape !== undefined) {
          const at = offset + found.indexOf(value, found.indexOf(name) + name.length) + escape;
          const ways = `${mark === '"' ? "write the value in single quotes, or " : ""}put it into a file that ${name}_FILE names`;
          refuse("ambiguous-escape", "readers of such files disagree about the backslash here", at, ways);
        }
      }
      return found.replaceAll(/[^\n]/g, " ");
    },
  );
  let offset = 0;
  for (const line of rest.split("\n")) {
    if (diagnostics.length >= MOST_FAULTS) break;
    if (!/^\s*(?:#|$)/.test(line)) refuse("not-an-assignment", "this line isn't an assignment", offset);
    offset += line.length + 1;
  }
  return { values: new Map(Object.entries(parse(lines))), diagnostics: sortDiagnostics(diagnostics) };
}

/**
 * The index in a quoted value of the first escape that some readers resolve and others keep. In double quotes all
 * resolve `\n` and `\r`, and disagree about all other escapes. In single quotes some resolve a backslash before a
 * backslash or a quote.
 */
function ambiguousEscape(value: string, mark: string): number | undefined {
  const found = mark === '"' ? /\\[^nr]/s.exec(value) : mark === "'" ? /\\[\\']/.exec(value) : null;
  return found?.index;
}

const HINT = "write NAME=value, one to a line; put values with spaces, quotes or `#` in quotes";
