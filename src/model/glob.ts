/**
 * Whether a glob matches a whole text: `*` stands for any characters, also none, and `?` for one. Only the last `*`
 * is tried again after a mismatch, so the time is at most proportional to the product of both lengths.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let inGlob = 0;
  let inText = 0;
  /** The position in the glob after its last `*`. The rest of the glob is tried from `retryFrom` in the text. */
  let afterStar: number | undefined;
  let retryFrom = 0;
  while (inText < text.length) {
    const sign = glob[inGlob];
    if (sign === "*") {
      afterStar = ++inGlob;
      retryFrom = inText;
    } else if (sign === "?" || sign === text[inText]) {
      inGlob++;
      inText++;
    } else if (afterStar === undefined) {
      return false;
    } else {
      inGlob = afterStar;
      inText = ++retryFrom;
    }
  }
  while (glob[inGlob] === "*") inGlob++;
  return inGlob === glob.length;
}
