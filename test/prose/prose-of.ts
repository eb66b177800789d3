import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { root } from "../support/root.ts";

/** The text of a file, with the lines of each comment and paragraph joined, so that no phrase is broken. */
export interface Prose {
  readonly path: string;
  readonly text: string;
  /** The line of the file for an offset of the text. */
  lineAt(offset: number): number;
}

/** The paths of all files below a folder, or of the file itself, from the root of the repository. */
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

/** Code stays in the text, since its strings have messages and test names. No phrase of the list is an expression. */
export function proseOf(path: string): Prose {
  const raw = readText(path);
  // Replaced by as many characters, so that offsets stay.
  const blank = (found: string): string => found.replaceAll(/[^\n]/g, " ");
  const text = (path.endsWith(".md") ? withoutCodeBlocks(raw, blank) : raw)
    .replaceAll(/^[ \t]*(?:\/\/|\*(?!\/)|#|>)/gm, blank)
    .replaceAll("\n", " ");
  return { path, text, lineAt: (offset) => raw.slice(0, offset).split("\n").length };
}

/** Blocks of code are not checked here, but in the files that print them. */
function withoutCodeBlocks(text: string, blank: (found: string) => string): string {
  return text.replaceAll(/^(`{3,}).*?^\1$/gms, blank);
}
