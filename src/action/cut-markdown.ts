const CUT = "\n\n… cut off here: see the log of the job that made the plan\n";

/**
 * Cuts a Markdown text to the room that it may take, after a whole line, and adds a note.
 * @param measure the size of a text, in the unit of `room`
 */
export function cutMarkdown(markdown: string, room: number, measure: (text: string) => number): string {
  if (measure(markdown) <= room) return markdown;
  // The reserve is for the ends of code fences and folded parts.
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

/** Closes an open code fence or folded part, so that it doesn't contain what follows. */
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
