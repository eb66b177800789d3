import { filesUnder, readText } from "./prose-of.ts";

/** A block of shell commands in a document, and what the comment above it says about running it. */
export interface CommandBlock {
  /** `docs/secrets.md:62` */
  readonly place: string;
  readonly lines: readonly string[];
  readonly mark: BlockMark | undefined;
}

export type BlockMark =
  /** `<!-- run: START -->`: all of it in one shell, in a folder that begins as `START` says. */
  | { readonly kind: "run"; readonly start: string }
  /** `<!-- run each line: START -->`: the lines are alternatives, so each begins from a new folder. */
  | { readonly kind: "run-each-line"; readonly start: string }
  /** `<!-- not run: REASON -->`. Its options are checked all the same. */
  | { readonly kind: "not-run"; readonly reason: string };

/** The documents for users. */
export const PAGES = ["README.md", ...filesUnder("docs/").filter((path) => path.endsWith(".md"))];
const BLOCK = /(?:^<!-- (run|run each line|not run): (.+?) -->\n\n)?^```(?:sh|console)\n(.*?)^```$/gms;

export function commandBlocks(): CommandBlock[] {
  return PAGES.flatMap((page) => {
    const text = readText(page);
    return [...text.matchAll(BLOCK)].map(({ 0: all, 1: mark, 2: words = "", 3: code = "", index }) => ({
      place: `${page}:${text.slice(0, index + all.indexOf("```")).split("\n").length}`,
      lines: typedLines(code),
      mark: blockMark(mark, words),
    }));
  });
}

function blockMark(mark: string | undefined, words: string): BlockMark | undefined {
  if (mark === undefined) return undefined;
  if (mark === "not run") return { kind: "not-run", reason: words };
  return { kind: mark === "run" ? "run" : "run-each-line", start: words };
}

/** What a person types, with continued lines joined. If some lines have a prompt, the other lines are output. */
function typedLines(code: string): string[] {
  const lines = code
    .replaceAll(/ *\\\n */g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const prompted = lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
  return prompted.length > 0 ? prompted : lines;
}

/** The arguments of every `buddy-integrations` command in a line of shell. */
export function commandArguments(line: string): string[][] {
  const withoutComment = line.replace(/(^|\s)#.*$/, "");
  const commands = withoutComment.matchAll(
    /(?<![/\w])buddy-integrations(?!@)((?: +(?:'[^']*'|"[^"]*"|[^\s'"|<>&;)]+))*)/g,
  );
  return [...commands].map(([, words = ""]) =>
    [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? ""),
  );
}
