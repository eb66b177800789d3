/**
 * Whether a glob matches a whole text: `*` stands for any characters, also none, and `?` for one. Only the last `*` is
 * ever tried again, so the time grows with the product of both lengths at most, whatever is in the glob.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let inGlob = 0;
  let inText = 0;
  /** Behind the last `*`, and the place in the text from which the rest of the glob is tried. */
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
