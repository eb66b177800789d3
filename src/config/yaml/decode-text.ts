import { LARGEST_FILE } from "../../model/limits.ts";
import { failure, success, type Result } from "../../model/integration.ts";

/** Why bytes can't be read as text; line and column from 1. */
export interface UnreadableText {
  readonly code: "too-large" | "not-utf8" | "control-character";
  readonly message: string;
  readonly hint?: string;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Bytes to text: UTF-8 without exceptions, a BOM dropped, no control characters, at most `largest` bytes (10 MiB). */
export function decodeText(bytes: Uint8Array, largest = LARGEST_FILE): Result<string, UnreadableText> {
  if (bytes.length > largest) {
    const message = `the file is larger than ${largest / 1024 / 1024} MiB`;
    return failure({ code: "too-large", message, line: 1, column: 1, offset: 0 });
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return failure(notUtf8(bytes));
  }
  const control = text.search(/(?![\t\n\r])\p{Cc}|\uFEFF/u);
  if (control === -1) return success(text);
  const before = text.slice(0, control);
  return failure({
    code: "control-character",
    message: `the file holds a control character (U+${(text.codePointAt(control) ?? 0).toString(16).toUpperCase().padStart(4, "0")})`,
    hint: 'remove it; in double quotes it can be written as an escape such as "\\u001b"',
    ...endPosition(before),
  });
}

function notUtf8(bytes: Uint8Array): UnreadableText {
  const before = new TextDecoder("utf-8").decode(bytes.subarray(0, readableLength(bytes)));
  return { code: "not-utf8", message: "the file is not UTF-8 here", hint: "save it as UTF-8", ...endPosition(before) };
}

function endPosition(text: string): { line: number; column: number; offset: number } {
  return { line: text.split("\n").length, column: text.length - text.lastIndexOf("\n"), offset: text.length };
}

/** How many of the bytes can be read as whole characters. */
function readableLength(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (isDecodable(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  while (good > 0 && !isDecodable(bytes.subarray(0, good), false)) good--;
  return good;
}

/** @param stream whether a character may be cut off at the end. */
function isDecodable(bytes: Uint8Array, stream = true): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}
