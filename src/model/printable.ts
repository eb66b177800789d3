import { stripVTControlCharacters } from "node:util";

/**
 * Text of a file or a server, made safe to print. It may hold what a terminal obeys, what turns the direction of writing,
 * and what a CI runner takes for a command. One function for each purpose; nothing else in the program looks for these.
 */

/** Control characters, line separators, and characters that print nothing or turn the direction of writing. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const REPLACEMENT = "\uFFFD";

/** On one line, with a mark for each character that can't be printed. It keeps the length, so that columns stay true. */
export function visibleText(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(UNPRINTABLE, (found) => REPLACEMENT.repeat(found.length));
}

/** The same for a text of several lines: line ends stay. */
export function visibleLines(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map(visibleText)
    .join("\n");
}

/** On one line, without what can't be printed; escape sequences go as a whole, every run of blanks becomes one space. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\s+/g, " ").replaceAll(UNPRINTABLE, "").trim();
}

/** A name in a message: quoted, shortened and printable. */
export function quoteName(name: string): string {
  const shown = visibleText(name);
  return `\`${shown.length > LONGEST_NAME ? `${cutText(shown, LONGEST_NAME)}…` : shown}\``;
}

const LONGEST_NAME = 60;

/** The first characters of a text, at most so many UTF-16 units, and never half of a surrogate pair. */
export function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

/**
 * Text for a log, without what a runner takes for a command: `##[` and `##vso[` anywhere (GitHub Actions, Azure
 * Pipelines), and `::` at the beginning of a line (GitHub Actions).
 */
export function withoutRunnerCommands(text: string): string {
  return text.replaceAll(/##(?=(?:vso)?\[)/g, "# #").replaceAll(/^([^\S\n]*):(?=:)/gm, "$1: ");
}

/** The data of a workflow command of GitHub Actions. Line ends are the one control character that means something there. */
export function workflowData(text: string): string {
  return visibleLines(text).replaceAll("%", "%25").replaceAll("\n", "%0A");
}

/** A property of a workflow command: nothing in it can end it or begin another. */
export function workflowProperty(text: string): string {
  return workflowData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
