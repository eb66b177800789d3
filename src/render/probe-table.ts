import { harmlessJson } from "../model/printable.ts";
import type { ProbeRow } from "../probe/probe-rows.ts";
import { padTo, wrapText } from "./width.ts";

const PROBE_FORMAT = "1.0";
const RESULT_WIDTH = 12;
const USUAL_WIDTH = 80;

/** The most important come last, since a terminal shows the end of the output. */
const RESULTS: readonly ProbeRow["result"][] = ["as assumed", "not seen", "differs"];

/** A few lines for each assumption: what was assumed and what was seen. If they differ: what that means, and what to do. */
export function renderProbeTable(rows: readonly ProbeRow[], columns = USUAL_WIDTH): string {
  const indent = " ".repeat(RESULT_WIDTH);
  return RESULTS.flatMap((result) => rows.filter((row) => row.result === result))
    .map((row) => {
      const words = [
        row.assumed,
        `Source: ${row.source} [${row.sure}]`,
        `Seen: ${row.result === "not seen" ? `nothing, ${row.seen}` : row.seen}`,
        ...(row.means === undefined ? [] : [`Means: ${row.means}`]),
        ...(row.todo === undefined ? [] : [`To do: ${row.todo}`]),
      ];
      const lines = words.flatMap((text) => wrapText(text, Math.max(20, columns - RESULT_WIDTH)));
      return [`${padTo(row.result, RESULT_WIDTH)}${row.id}`, ...lines.map((line) => indent + line)];
    })
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("");
}

/** `36 assumptions: 34 as assumed, 1 differs, 1 not seen`. */
export function probeSummary(rows: readonly ProbeRow[]): string {
  const count = (result: ProbeRow["result"]): number => rows.filter((row) => row.result === result).length;
  const [differing, unseen] = [count("differs"), count("not seen")];
  return [
    `${rows.length} assumptions: ${count("as assumed")} as assumed`,
    ...(differing > 0 ? [`${differing} ${differing === 1 ? "differs" : "differ"}`] : []),
    ...(unseen > 0 ? [`${unseen} not seen`] : []),
  ].join(", ");
}

export interface ProbeDocument {
  readonly version: string;
  readonly node: string;
  /** Why some steps were not run; null if all were. */
  readonly stopped: string | null;
  /** How many integrations of the probe are still in the workspace, or may be. */
  readonly left: number;
  readonly rows: readonly ProbeRow[];
}

/** A document that can be published in an issue: it holds no data of the workspace. */
export function renderProbeJson(document: ProbeDocument): string {
  return harmlessJson({ probe_format: PROBE_FORMAT, ...document });
}
