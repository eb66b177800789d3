/**
 * Text for people in its canonical form, for sending and comparing: servers may change line ends and remove white
 * space at the end.
 */
export function plainProse(text: string): string {
  return text.replaceAll("\r\n", "\n").trimEnd();
}

/** Compares by UTF-16 units, so that the order is the same on every machine. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `a`, `a or b`, `a, b or c`. */
export function joinWords(words: readonly string[], conjunction = "or"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${conjunction} ${words.at(-1) ?? ""}`;
}

/** `1 error`, `2 errors`. */
export function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/**
 * The known words that differ from a word only in case, underscores, hyphens and spaces; if there are none, those
 * that differ in one letter.
 */
export function slipsOf(word: string, known: readonly string[]): string[] {
  const wanted = comparableWord(word);
  const alike = known.filter((candidate) => comparableWord(candidate) === wanted);
  return alike.length > 0 ? alike : known.filter((candidate) => differsByOne(wanted, comparableWord(candidate)));
}

/** Whether one letter was inserted, deleted or replaced. */
function differsByOne(a: string, b: string): boolean {
  let same = 0;
  while (same < Math.min(a.length, b.length) && a[same] === b[same]) same += 1;
  const [restA, restB] = [a.slice(same), b.slice(same)];
  return restA.slice(1) === restB.slice(1) || restA === restB.slice(1) || restA.slice(1) === restB;
}

/** The most similar known word, if it is similar enough to be the intended one: about one mistake in three letters. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const wanted = comparableWord(word);
  if (wanted.length > 40) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, comparableWord(candidate), least);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Up to five known words, the most similar first, at any distance. */
export function nearestWords(word: string, known: readonly string[]): string[] {
  const wanted = comparableWord(word);
  return [...new Set(known)]
    .map((candidate) => ({ candidate, far: editDistance(wanted, comparableWord(candidate), Infinity) }))
    .toSorted((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 5)
    .map(({ candidate }) => candidate);
}

function comparableWord(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, "");
}

/** Levenshtein's distance with swaps of neighbours; `limit` or more is returned as `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return Math.min(last[b.length] ?? limit, limit);
}

/** A POSIX shell word that means exactly this text, for commands that people copy. Nothing in it is executed. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
