import { displayWidth, wrapText } from "./width.ts";

/** In a narrower terminal, lines are not broken at spaces. */
const LEAST_COLUMNS = 30;
/** Additional indentation of the second part of a broken line. */
const HANG = 2;

/**
 * Text for a terminal of this width: longer lines are broken at spaces, and their other parts are indented a little. A
 * word, such as a hash, a key or an address, is never broken. Without a width, as in a log, lines stay as they are.
 */
export function wrapLines(text: string, columns: number | undefined, hang = HANG): string {
  if (columns === undefined || columns < LEAST_COLUMNS) return text;
  return text
    .split("\n")
    .map((line) => (displayWidth(line) <= columns ? line : wrapLine(line, columns, hang)))
    .join("\n");
}

function wrapLine(line: string, columns: number, hang: number): string {
  const words = line.trimStart();
  const indent = line.length - words.length;
  const [first = "", ...rest] = wrapText(words, columns - indent, columns - indent - hang);
  const margin = " ".repeat(indent + hang);
  return [" ".repeat(indent) + first, ...rest.map((part) => margin + part.trimStart())]
    .map((part) => part.trimEnd())
    .join("\n");
}
