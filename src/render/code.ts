import { visibleText } from "../config/words.ts";

/** Text that nothing in it can end: in backticks, one more than the longest run of them within. */
export function codeSpan(text: string): string {
  const shown = visibleText(text);
  const ticks = "`".repeat(longestRun(shown) + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

/** Lines in a fence that nothing in them can close. */
export function fence(lines: readonly string[], language: "diff" | "text"): string {
  const ticks = "`".repeat(Math.max(3, ...lines.map((line) => longestRun(line) + 1)));
  return [ticks + language, ...lines, ticks].join("\n");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
