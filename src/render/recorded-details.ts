import { visibleText } from "../model/printable.ts";
import type { RecordedDetail } from "../plan/field-change.ts";
import { listLines, noteLine, type BlockLine } from "./block-line.ts";
import { valueText } from "./field-text.ts";

/** Details that are only recorded in the lockfile: with their values if a reviewer has to see them, otherwise by name. */
export function detailLines(details: readonly RecordedDetail[]): BlockLine[] {
  const others = details.filter((detail) => !isReviewedDetail(detail) && !detail.path.startsWith(UNMANAGED));
  // A detail of `last_sent` with a value before and none after is of a field that is no longer managed.
  const unnamed = others.filter(
    ({ path, before, after }) => path.startsWith(LAST_SENT) && before !== undefined && after === undefined,
  );
  const known = others.filter((detail) => !unnamed.includes(detail));
  return [
    ...details.filter(isReviewedDetail).map((detail) => noteLine(detailText(detail))),
    ...listLines("no longer managed", detailFields(unnamed)),
    ...listLines("in the lockfile", detailFields(known)),
  ];
}

const LAST_SENT = "last_sent.";
/** Details of fields that the file doesn't name. */
const UNMANAGED = `${LAST_SENT}unmanaged.`;

function detailFields(details: readonly RecordedDetail[]): string[] {
  return details.map(({ path }) => (path.startsWith(LAST_SENT) ? path.slice(LAST_SENT.length) : path));
}

/** Whether a reviewer has to see the values: the lifecycle, the identifier, or another variable for a value never sent. */
function isReviewedDetail({ path, before, after }: RecordedDetail): boolean {
  if (path.startsWith("lifecycle.") || path === "identifier") return true;
  return [before, after].every((value) => value !== undefined && JSON.stringify(value).includes('{"$secret":'));
}

function detailText({ path, before, after }: RecordedDetail): string {
  const [was, is] = [before, after].map((value) => (value === undefined ? "(none)" : valueText(value)));
  return `in the lockfile: ${visibleText(path.replace(/^last_sent\./, ""))}  ${was} → ${is}`;
}
