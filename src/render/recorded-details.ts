import { visibleText } from "../model/printable.ts";
import type { RecordedDetail } from "../plan/change.ts";
import { listLines, noteLine, type BlockLine } from "./block-line.ts";
import { valueText } from "./field-text.ts";

/** What only the lockfile gets to know: what a reviewer has to see with its values, the rest by name. */
export function detailLines(details: readonly RecordedDetail[]): BlockLine[] {
  const others = details.filter((detail) => !isReviewedDetail(detail) && !detail.path.startsWith(UNMANAGED));
  // Without either value only what is known of a sent value changes.
  const unnamed = others.filter(
    ({ path, before, after }) => path.startsWith(LAST_SENT) && before !== undefined && after === undefined,
  );
  const known = others.filter((detail) => !unnamed.includes(detail));
  return [
    ...details.filter(isReviewedDetail).map((detail) => noteLine(detailText(detail))),
    ...listLines("no longer managed", fieldNames(unnamed)),
    ...listLines("in the lockfile", fieldNames(known)),
  ];
}

const LAST_SENT = "last_sent.";
/** What is kept of a field that the file doesn't name. */
const UNMANAGED = `${LAST_SENT}unmanaged.`;

function fieldNames(details: readonly RecordedDetail[]): string[] {
  return details.map(({ path }) => (path.startsWith(LAST_SENT) ? path.slice(LAST_SENT.length) : path));
}

/** The lifecycle, the identifier, and another variable of a value that was never sent. */
function isReviewedDetail({ path, before, after }: RecordedDetail): boolean {
  if (path.startsWith("lifecycle.") || path === "identifier") return true;
  return [before, after].every((value) => value !== undefined && JSON.stringify(value).includes('{"$secret":'));
}

function detailText({ path, before, after }: RecordedDetail): string {
  const [was, is] = [before, after].map((value) => (value === undefined ? "(none)" : valueText(value)));
  return `in the lockfile: ${visibleText(path.replace(/^last_sent\./, ""))}  ${was} → ${is}`;
}
