import { visibleText } from "../model/printable.ts";

/** A code span that its text can't end: it has one backtick more than the longest run of backticks in the text. */
export function codeSpan(text: string): string {
  const shown = visibleText(text);
  const ticks = "`".repeat(longestRun(shown) + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${ticks}${pad}${shown}${pad}${ticks}`;
}

/** A fence that its lines can't close. */
export function codeFence(lines: readonly string[], language: "diff" | "text"): string {
  const ticks = "`".repeat(lines.reduce((most, line) => Math.max(most, longestRun(line) + 1), 3));
  return [ticks + language, ...lines, ticks].join("\n");
}

function longestRun(text: string): number {
  return [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
}
