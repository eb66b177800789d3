import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { root } from "../support/root.ts";

/** A text of the repository as its readers meet it: lines of comments and paragraphs joined, so that a phrase is whole. */
export interface Prose {
  readonly path: string;
  readonly text: string;
  /** The line of the file at which an offset of the text is. */
  lineAt(offset: number): number;
}

/** Paths from the root of every file below a folder, or the file itself. */
export function filesUnder(path: string): string[] {
  if (!path.endsWith("/")) return [path];
  return readdirSync(new URL(path, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(new URL(root).pathname.length), entry.name))
    .toSorted();
}

export function readText(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

/** Code stays in: a phrase of several words is never an expression, and messages and names of tests are in strings. */
export function proseOf(path: string): Prose {
  const raw = readText(path);
  // Replaced by as many characters, so that offsets stay.
  const blank = (found: string): string => found.replaceAll(/[^\n]/g, " ");
  const text = (path.endsWith(".md") ? withoutCodeBlocks(raw, blank) : raw)
    .replaceAll(/^[ \t]*(?:\/\/|\*(?!\/)|#|>)/gm, blank)
    .replaceAll("\n", " ");
  return { path, text, lineAt: (offset) => raw.slice(0, offset).split("\n").length };
}

/** What a fence encloses is checked where it is printed or written. */
function withoutCodeBlocks(text: string, blank: (found: string) => string): string {
  return text.replaceAll(/^(`{3,}).*?^\1$/gms, blank);
}
