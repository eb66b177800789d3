import { cutText } from "../model/printable.ts";

/** A text may be longer than the limit by this much: the note about its length takes room as well. */
const GRACE = 20;
/** How many characters before the first difference stay, to show where it is. */
const LEAD = 12;

/** At most about `limit` characters, and a note about the full length. It never cuts a surrogate pair. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit + GRACE) return text;
  return `${cutText(text, limit)}… (${text.length.toLocaleString("en")} characters)`;
}

/** Shortens two texts so that the place where they differ stays visible. */
export function shortenPair(before: string, after: string, limit: number): readonly [string, string] {
  if (before.length <= limit + GRACE && after.length <= limit + GRACE) return [before, after];
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
  const from = same - LEAD;
  if (from <= LEAD) return [shorten(before, limit), shorten(after, limit)];
  const cut = (text: string): string => {
    const rest = text.slice(from).replace(/^[\uDC00-\uDFFF]/, "");
    return `…${shortTail(rest, limit, text.length)}`;
  };
  return [cut(before), cut(after)];
}

/** The first names of a list, and how many more there are. */
export function fewOf(names: readonly string[], most: number): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

function shortTail(rest: string, limit: number, length: number): string {
  if (rest.length <= limit + GRACE) return rest;
  return `${cutText(rest, limit)}… (${length.toLocaleString("en")} characters)`;
}
