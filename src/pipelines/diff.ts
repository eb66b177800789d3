import { FILE_HEADERS_ONLY, formatPatch } from "diff";
import type { StructuredPatch } from "diff";

type Hunk = StructuredPatch["hunks"][number];

const CONTEXT = 3;

/**
 * A unified diff of a file before and after its references were rewritten. Rewriting never adds or removes lines, so
 * the lines are compared one to one: a general diff of 5 MiB with thousands of changes would take minutes.
 */
export function diffOf(file: string, before: string, after: string): string {
  if (before === after) return "";
  const old = before.split("\n");
  const now = after.split("\n");
  if (old.length !== now.length) throw new Error("diffOf compares texts of the same number of lines");
  const patch = { oldFileName: `a/${file}`, newFileName: `b/${file}`, oldHeader: "", newHeader: "" };
  return formatPatch({ ...patch, hunks: hunksOf(old, now) }, FILE_HEADERS_ONLY);
}

function hunksOf(old: readonly string[], now: readonly string[]): Hunk[] {
  const changed = old.flatMap((line, index) => (line === now[index] ? [] : [index]));
  const hunks: Hunk[] = [];
  for (let index = 0; index < changed.length;) {
    const first = changed[index] ?? 0;
    let last = first;
    while ((changed[index + 1] ?? Infinity) <= last + 2 * CONTEXT) last = changed[(index += 1)] ?? last;
    index += 1;
    hunks.push(hunkOf(old, now, Math.max(0, first - CONTEXT), last + CONTEXT + 1));
  }
  return hunks;
}

function hunkOf(old: readonly string[], now: readonly string[], start: number, end: number): Hunk {
  // The last piece is the text after the last line end: it is a line only if it isn't empty.
  const count = old.at(-1) === "" ? old.length - 1 : old.length;
  const stop = Math.min(end, count);
  const lines: string[] = [];
  for (let at = start; at < stop;) {
    const same = runFrom(at, stop, (index) => old[index] === now[index]);
    const changed = runFrom(same, stop, (index) => old[index] !== now[index]);
    lines.push(
      ...withEnd(" ", old, at, same),
      ...withEnd("-", old, same, changed),
      ...withEnd("+", now, same, changed),
    );
    at = changed;
  }
  return { oldStart: start + 1, oldLines: stop - start, newStart: start + 1, newLines: stop - start, lines };
}

/** The first index from `start` on that doesn't satisfy the condition, or `stop`. */
function runFrom(start: number, stop: number, holds: (index: number) => boolean): number {
  let at = start;
  while (at < stop && holds(at)) at += 1;
  return at;
}

function withEnd(sign: string, lines: readonly string[], start: number, stop: number): string[] {
  if (start === stop) return [];
  const marked = lines.slice(start, stop).map((line) => sign + line);
  return stop === lines.length && lines.at(-1) !== "" ? [...marked, "\\ No newline at end of file"] : marked;
}
