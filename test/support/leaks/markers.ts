import { randomInt } from "node:crypto";

/** Shapes of a value. Each repeats the mark in every part that could leak alone. */
const SHAPES: Readonly<Record<string, (mark: string) => string>> = {
  ascii: (mark) => `${mark}-${mark}`,
  pem: (mark) => `-----BEGIN PRIVATE KEY-----\n${`${mark}+/`.repeat(4)}\n${mark}==\n-----END ${mark}-----\n`,
  quotes: (mark) => `it's "${mark}" '${mark}' \`${mark}\``,
  backslashes: (mark) => `C:\\${mark}\\n\\"${mark}\\\\`,
  dollars: (mark) => `$${mark} $$\{${mark}} $(${mark}) $HOME`,
  spaces: (mark) => ` ${mark}  ${mark}\t${mark} `,
  emoji: (mark) => `🔑${mark}é日本🎉${mark}ß`,
  json: (mark) => JSON.stringify({ type: "service_account", key: `-\n${mark}\n`, id: mark }, null, 2),
  escapes: (mark) => `%41${mark}%2F&amp;${mark}\\u0041+<b>${mark}</b>::add-mask::`,
};
const SHAPE_NAMES = Object.keys(SHAPES);

/** Where a value was found, and in which form. */
interface FoundLeak {
  readonly form: string;
  /** The text around the value. */
  readonly around: string;
}

/**
 * Makes the values that a test gives to the program, and searches its output for them. All values of one instance
 * contain one random mark, so that a single search finds any of them or a part of them. A number after the mark says
 * which value it is.
 */
export class SecretMarkers {
  readonly #mark = randomMark();
  readonly #needles: Map<string, string>;
  #made = 0;

  /** @param others further values to search for, such as a token. */
  constructor(others: readonly string[] = []) {
    this.#needles = new Map([this.#mark, ...others].flatMap((value) => encodedForms(value)));
  }

  /** A new value of this shape; by default of the next shape in turn. */
  value(shape = SHAPE_NAMES[this.#made % SHAPE_NAMES.length] ?? "ascii"): string {
    this.#made += 1;
    return (SHAPES[shape] ?? String)(`${this.#mark}${String(this.#made).padStart(4, "0")}`);
  }

  /** A value that is valid in an environment variable and in a header. */
  word(): string {
    return this.value("ascii");
  }

  leaksIn(text: string): FoundLeak[] {
    // Base64 text may be split into lines, and has a second alphabet.
    const folded = text.toLowerCase();
    const unwrapped = text.replaceAll(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/");
    return [...this.#needles].flatMap(([needle, form]): FoundLeak[] => {
      const searched = form.startsWith("base64") ? unwrapped : folded;
      const at = searched.indexOf(form.startsWith("base64") ? needle : needle.toLowerCase());
      return at === -1 ? [] : [{ form, around: searched.slice(Math.max(0, at - 120), at + 60) }];
    });
  }
}

/** The value unchanged, escaped, and in base64 at each of the three byte offsets; each with the form's name. */
function encodedForms(value: string): [string, string][] {
  const codes = Array.from({ length: value.length }, (_, index) => value.charCodeAt(index));
  return [
    [value, "raw"],
    [JSON.stringify(value).slice(1, -1), "JSON-escaped"],
    [encodeURIComponent(value), "URL-encoded"],
    [codes.map((code) => `%${code.toString(16)}`).join(""), "URL-encoded throughout"],
    [codes.map((code) => `\\u${code.toString(16).padStart(4, "0")}`).join(""), "JSON-escaped throughout"],
    [codes.map((code) => `&#${code};`).join(""), "HTML entities"],
    [Buffer.from(value).toString("hex"), "hex"],
    ...[0, 1, 2].map((offset): [string, string] => [base64AtOffset(value, offset), `base64 at ${offset}`]),
  ];
}

/** Without the first and last characters, which depend also on the neighbouring bytes. */
function base64AtOffset(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  return bytes.toString("base64").slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

function randomMark(): string {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return Array.from({ length: 14 }, () => letters.charAt(randomInt(letters.length))).join("");
}
