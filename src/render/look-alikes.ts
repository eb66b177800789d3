import { diffArrays } from "diff";

/**
 * If two different texts look alike, they get escapes where they differ: composed and decomposed letters, other kinds of
 * spaces, letters of another script. Other texts stay as they are.
 */
export function withEscapesWhereAlike(before: string, after: string): readonly [string, string] {
  if (before === after || before.length > LONGEST || after.length > LONGEST) return [before, after];
  if (appearance(before) !== appearance(after)) return [before, after];
  const shown: [string, string] = ["", ""];
  for (const { value, added, removed } of diffArrays(codePoints(before), codePoints(after))) {
    const isSame = !added && !removed;
    const text = value.map((character) => (isSame ? character : asciiEscape(character))).join("");
    if (!added) shown[0] += text;
    if (!removed) shown[1] += text;
  }
  return shown;
}

/** Longer texts are not compared. */
const LONGEST = 2000;

/** The text as a reader sees it: equal for texts that look alike. */
function appearance(text: string): string {
  const plain = text
    .normalize("NFKC")
    .replaceAll(/[\p{Zs}\t]/gu, " ")
    .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/gu, "");
  return codePoints(plain)
    .map((character) => TWINS.get(character) ?? character)
    .join("");
}

/** Letters of other scripts that look like Latin ones. */
const TWINS: ReadonlyMap<string, string> = new Map(
  [
    ["АВЕЅІЈКМНОРСТХаеіјорсухѕԁԛԝһ", "ABESIJKMHOPCTXaeijopcyxsdqwh"],
    ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧορν", "ABEZHIKMNOPTYXopv"],
    ["‐‑‒–−’‘", "-----''"],
  ].flatMap(([theirs = "", latin = ""]) =>
    codePoints(theirs).map((character, index) => [character, latin[index] ?? ""] as const),
  ),
);

function codePoints(text: string): string[] {
  return Array.from(text);
}

function asciiEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x21 && code <= 0x7e) return character;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
