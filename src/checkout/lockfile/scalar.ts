/**
 * Text that every YAML reader reads unchanged: it begins with a letter, `_` or `/`, unlike a number. It contains no
 * `: ` and no `#`, and only single spaces between other characters.
 */
const PLAIN = /^[\p{L}_/](?:[\p{L}\p{N}_\-./+@=$%()*,;<>?^~|!'"&{}[\]]|:(?=\S)| (?=\S))*$/u;
/** Words that YAML 1.1 or 1.2 doesn't read as text. */
const WORDS = /^(?:null|true|false|yes|no|on|off|y|n)$/i;
/**
 * Characters that are written as escapes: control characters, line ends of all kinds, characters without width, and
 * code points that aren't characters.
 */
const ESCAPED_CHARACTERS = /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF0-\uFFFF]/g;

/** Most text is of this form, which is certainly PLAIN and faster to test. */
const SIMPLE = /^[A-Za-z_][\w\-./]*(?::[\w\-./]+)*$/;
/**
 * Hashes often begin with a digit. Such a text isn't a number if it has a letter that no number has, and doesn't
 * begin like `0x1F`.
 */
const HASH_LIKE = /^(?!0[box])\d(?=[\de]*[a-df-z])[a-z\d]*$/i;
const LONGEST_WORD = 5;

/** Writes text on one line: plain if it can't be read as anything else, otherwise in double quotes. */
export function formatText(text: string): string {
  const isPlain = SIMPLE.test(text) || HASH_LIKE.test(text) || PLAIN.test(text);
  if (isPlain && !(text.length <= LONGEST_WORD && WORDS.test(text))) return text;
  return JSON.stringify(text).replace(
    ESCAPED_CHARACTERS,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

/** Writes a scalar on one line. */
export function formatScalar(value: null | boolean | number | string): string {
  return typeof value === "string" ? formatText(value) : JSON.stringify(value);
}

/** Reads what {@link formatScalar} wrote. The result for any other text is arbitrary. */
export function readScalar(text: string): null | boolean | number | string {
  const first = text.charCodeAt(0);
  if (first === QUOTE || first === MINUS || (first >= ZERO && first <= NINE)) return parseJsonScalar(text);
  if (text === "null") return null;
  return text === "true" || text === "false" ? text === "true" : text;
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

function parseJsonScalar(text: string): number | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" || typeof value === "number" ? value : text;
  } catch {
    return text;
  }
}
