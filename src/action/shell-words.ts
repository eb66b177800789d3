import { failure, success, type Result } from "../model/integration.ts";

/** Words as a shell splits them, with its quotes and backslashes; nothing is expanded, and nothing is run. */
export function shellWords(text: string): Result<readonly string[], { readonly why: string }> {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length;) {
    const [piece = ""] = PIECE.exec(text.slice(at)) ?? [];
    if (piece === "")
      return failure({ why: `a quote isn't closed, or nothing follows a backslash: ${text.slice(at, at + 20)}` });
    at += piece.length;
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + unquoted(piece);
  }
  if (word !== undefined) words.push(word);
  return success(words);
}

const PIECE = /^(?:\s+|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\]+)/;

function unquoted(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return piece.slice(1, -1).replaceAll(/\\(["\\$`])/g, "$1");
  return piece.startsWith("\\") ? piece.slice(1) : piece;
}
