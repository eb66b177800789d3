import { parse } from "dotenv";
import type { Diagnostic } from "../diagnostic.ts";

export interface SecretsFile {
  readonly values: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** An assignment as dotenv reads it: one line, or several within quotes. */
const ASSIGNMENT =
  /^\s*(?:export\s+)?[\w.-]+(?:\s*=\s*?|:\s+?)(?:\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?[^\S\n]*(?:#.*)?$/gm;

/** Reads a dotenv file. Lines that are no assignments are errors, where dotenv would skip them; no text is shown. */
export function parseSecretsFile(file: string, text: string): SecretsFile {
  const lines = text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  const rest = lines.replaceAll(ASSIGNMENT, (found) => "\n".repeat(found.split("\n").length - 1));
  const diagnostics = rest.split("\n").flatMap((line, index): Diagnostic[] => {
    if (/^\s*(?:#|$)/.test(line)) return [];
    const position = { line: index + 1, column: 1, offset: offsetOf(lines, index) };
    return [
      {
        code: "not-an-assignment",
        severity: "error",
        message: "this line is no assignment",
        hint: "write NAME=value, one to a line; put values with spaces, quotes or `#` in quotes",
        place: { file, range: { start: position, end: position } },
      },
    ];
  });
  return { values: new Map(Object.entries(parse(lines))), diagnostics };
}

function offsetOf(text: string, line: number): number {
  let offset = 0;
  for (let index = 0; index < line; index++) offset = text.indexOf("\n", offset) + 1;
  return offset;
}
