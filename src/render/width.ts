import { stripVTControlCharacters } from "node:util";

/** How many columns a text takes in a terminal. Wide characters (CJK, emoji) take two; combining marks and colours none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += columns(character);
  return width;
}

/** The text, filled with spaces up to this width. A wider text stays as it is. */
export function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** The text, cut to this width. `…` marks what is left out. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = "";
  let used = 1;
  for (const character of text) {
    used += columns(character);
    if (used > width) break;
    cut += character;
  }
  return `${cut}…`;
}

/**
 * Prose in lines of at most this width, broken at spaces. A longer word gets its own line.
 *
 * @param later the width of all lines except the first
 */
export function wrapText(text: string, width: number, later = width): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && displayWidth(longer) > (lines.length === 0 ? width : later)) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

function columns(character: string): number {
  if (/\p{M}|\u200D|\uFE0F/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
