import { randomInt } from "node:crypto";

const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const ALNUM = `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;
const HEX = "0123456789abcdef";

/** A fresh `hash_id`, of the newer shape (26 letters and digits) or, one time in four, of the older (24 hex digits). */
export function newHash(): string {
  return randomInt(4) === 0 ? randomString(HEX, 24) : randomString(ALNUM, 26);
}

/** The identifier in the documented `url`: another thing than the hash. */
export function newUrlId(): string {
  return randomString(LOWER, 12);
}

export function newToken(): string {
  return randomString(ALNUM, 36);
}

/** `Company website` to `company-website`, free among those taken. */
export function freeSlug(name: string, separator: "-" | "_", isTaken: (name: string) => boolean): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const joined = words.join(separator);
  const base = /^[a-z]/.test(joined) || (separator === "-" && joined !== "") ? joined : `i${separator}${joined || "1"}`;
  let candidate = base;
  for (let n = 2; isTaken(candidate); n += 1) candidate = `${base}${separator}${n}`;
  return candidate;
}

function randomString(alphabet: string, length: number): string {
  let text = "";
  for (let at = 0; at < length; at += 1) text += alphabet.charAt(randomInt(alphabet.length));
  return text;
}
