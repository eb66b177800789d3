const CUT = "\n\n… cut off here: see the log of the job that made the plan\n";

/**
 * As much of a Markdown text as there is room for: whole lines, with a word about it.
 * @param measure of a text, in the unit of the room
 */
export function cutMarkdown(markdown: string, room: number, measure: (text: string) => number): string {
  if (measure(markdown) <= room) return markdown;
  // Ends of fences and folded parts may be added.
  let left = room - measure(CUT) - RESERVE;
  if (left <= 0) return "";
  const kept: string[] = [];
  for (const line of markdown.split("\n")) {
    left -= measure(line) + 1;
    if (left < 0) break;
    kept.push(line);
  }
  return `${closed(kept)}${CUT}`;
}

const RESERVE = 200;

/** What was cut within a fence or a folded part must not swallow what comes after it. */
function closed(lines: readonly string[]): string {
  let fence: string | undefined;
  let folded = 0;
  for (const line of lines) {
    const [mark] = /^(?:`{3,}|~{3,})/.exec(line) ?? [];
    if (fence === undefined) fence = mark;
    else if (mark !== undefined && line.trim() === mark && mark.startsWith(fence)) fence = undefined;
    if (fence !== undefined) continue;
    folded += (line.match(/<details\b/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
  }
  return [
    ...lines,
    ...(fence === undefined ? [] : [fence]),
    ...Array<string>(Math.max(0, folded)).fill("\n</details>"),
  ].join("\n");
}
