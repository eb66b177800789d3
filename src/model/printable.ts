import { stripVTControlCharacters } from "node:util";

/**
 * Text of a file or a server, made safe to print. It may hold commands for a terminal, characters that change the direction
 * of writing, and commands for a CI runner. One function for each purpose; no other file searches for these.
 */

/** Control characters, line separators, and characters that print nothing or change the direction of writing. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const REPLACEMENT = "\uFFFD";

/**
 * The text on one line, with a mark for each character that can't be printed. The length stays the same, so that
 * columns stay correct.
 */
export function visibleText(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(UNPRINTABLE, marksFor);
}

/** The same for a text of several lines. Line ends are kept. */
export function visibleLines(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map(visibleText)
    .join("\n");
}

/**
 * The text on one line, without characters that can't be printed. Each escape sequence is removed as a whole, and
 * each run of white space becomes one space.
 */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\s+/g, " ").replaceAll(UNPRINTABLE, "").trim();
}

/** A name in a message: quoted, shortened and printable. */
export function quoteName(name: string): string {
  const shown = visibleText(name);
  return `\`${shown.length > LONGEST_NAME ? `${cutText(shown, LONGEST_NAME)}…` : shown}\``;
}

const LONGEST_NAME = 60;

/** The beginning of a text, with at most this many UTF-16 units and never half of a surrogate pair. */
export function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

/**
 * The last step before any text is printed. It removes what is left of control characters, of escape sequences except
 * `colors`, and of a runner's commands. Line ends (CRLF too) and tabs stay.
 */
export function harmlessOutput(text: string, colors: "with-colors" | "without-colors"): string {
  const harmless = text.replaceAll(COLOR_OR_UNPRINTABLE, (found) => {
    const isColor = found.length > 1 && found.startsWith(ESCAPE);
    const isKept = found === "\r\n" || (isColor && colors === "with-colors");
    return isKept ? found : found.replaceAll(UNPRINTABLE, marksFor);
  });
  return withoutRunnerCommands(harmless);
}

const ESCAPE = "\u001B";
const COLOR_OR_UNPRINTABLE = /\r\n|(?![\n\r\t])\p{Cc}\[[\d;]*m|(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text for a log, without what a runner interprets as a command: `##[`, `##vso[` and `##teamcity[` anywhere (GitHub
 * Actions, Azure Pipelines, TeamCity), and `::` at the beginning of a line (GitHub Actions). GitLab's section markers
 * need a carriage return or an escape sequence, which a printable text can't contain.
 */
export function withoutRunnerCommands(text: string): string {
  return text.replaceAll(HASH_COMMAND, "# #").replaceAll(/^((?:\p{Cc}\[[\d;]*m|[^\S\n])*):(?=:)/gmu, "$1: ");
}

const HASH_COMMAND = /##(?=\w*\[)/g;

/** JSON, indented. What {@link harmlessOutput} would remove is escaped, so that the JSON parses back to the same value. */
export function harmlessJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, unicodeEscapes).replaceAll(HASH_COMMAND, String.raw`#\u0023`)}\n`;
}

/** The data of a workflow command of GitHub Actions. Only line ends have a meaning there. */
export function workflowData(text: string): string {
  return visibleLines(text).replaceAll(HASH_COMMAND, "# #").replaceAll("%", "%25").replaceAll("\n", "%0A");
}

/** A property of a workflow command: nothing in it can end it or begin another. */
export function workflowProperty(text: string): string {
  return workflowData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function marksFor(found: string): string {
  return REPLACEMENT.repeat(found.length);
}

function unicodeEscapes(found: string): string {
  const units = Array.from({ length: found.length }, (_, index) => found.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
