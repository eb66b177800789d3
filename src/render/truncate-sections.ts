/** Part of a page that can be shortened: its last lines can be left out. */
export interface PageSection {
  /** The whole text of the section, for these lines. */
  readonly wrap: (lines: readonly string[]) => string;
  readonly lines: readonly string[];
  /** The line that replaces the lines that are left out. */
  readonly more: (left: number) => string;
}

/**
 * Sections in their order, each with as many lines as there is room for. The first sections take the room first.
 *
 * @param budget in characters; it includes two between neighbouring sections
 */
export function truncateSections(sections: readonly (PageSection | string)[], budget: number): string[] {
  const shown: string[] = [];
  let left = budget;
  for (const section of sections) {
    const text = typeof section === "string" ? section : truncateSection(section, left - 2);
    if (text === undefined || text.length + 2 > left) continue;
    shown.push(text);
    left -= text.length + 2;
  }
  return shown;
}

function truncateSection({ wrap, lines, more }: PageSection, budget: number): string | undefined {
  // An upper limit for the lines that fit, even if `wrap` added nothing.
  let length = 0;
  const cut = lines.findIndex((line) => (length += line.length + 1) > budget + 1);
  if (cut === -1) {
    const whole = wrap(lines);
    if (whole.length <= budget) return whole;
  }
  let [least, most] = [0, cut === -1 ? lines.length : cut];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (wrap([...lines.slice(0, middle), more(lines.length - middle)]).length <= budget) least = middle;
    else most = middle - 1;
  }
  const text = wrap([...lines.slice(0, least), more(lines.length - least)]);
  return text.length <= budget ? text : undefined;
}
