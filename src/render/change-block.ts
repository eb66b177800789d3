import { visibleText } from "../model/printable.ts";
import {
  isNotReviewed,
  type Action,
  type Adopt,
  type ConflictCandidate,
  type Change,
  type Create,
  type Forget,
  type DisplayNames,
  type Replace,
  type Which,
} from "../plan/change.ts";
import type { CarriedField, FieldChange, UncomparedField, WhyUncompared } from "../plan/field-change.ts";
import { originalIdentifier } from "../plan/match/temporary-identifier.ts";
import { listLines, noteLine, type BlockLine } from "./block-line.ts";
import { detailLines } from "./recorded-details.ts";
import { shorten } from "./shorten.ts";
import { describeField, type FieldText, type ItemLine, type TextLimits } from "./field-text.ts";
import { displayWidth, padTo } from "./width.ts";

/** A change in words, without colours or Markdown. */
export interface ChangeBlock {
  readonly change: Change;
  readonly symbol: string;
  /** `aws_prod  AMAZON "AWS production"  (…)`: which integration, and what happens to it. */
  readonly headline: string;
  readonly lines: readonly BlockLine[];
}

export const SYMBOLS: Readonly<Record<Action, string>> = {
  create: "+",
  adopt: "=",
  update: "~",
  replace: "-/+",
  delete: "-",
  rename: ">",
  record: ".",
  forget: ".",
  orphan: ".",
  conflict: "!",
  keep: ".",
};

/** If neighbouring changes are refused for the same reason, only the first of them shows it. */
export function changeBlocks(changes: readonly Change[], names: DisplayNames, limits: TextLimits): ChangeBlock[] {
  return changes.map((change, index) => {
    const block = changeBlock(change, names, limits);
    const before = changes[index - 1]?.refused;
    if (change.refused === undefined || change.refused.message !== before?.message) return block;
    const own = block.lines.filter(({ kind }) => kind !== "why" && kind !== "hint");
    const label = isNotReviewed(change) ? "NOT REVIEWED" : "REFUSED";
    return { ...block, lines: [{ kind: "why", text: `${label}: for the same reason` }, ...own] };
  });
}

function changeBlock(change: Change, names: DisplayNames, limits: TextLimits): ChangeBlock {
  return {
    change,
    symbol: SYMBOLS[change.action],
    headline: changeHeadline(change, limits),
    lines: [...refusalLines(change), ...bodyLines(change, names, limits)],
  };
}

/** Which integration, and what happens to it, on one line. */
export function changeHeadline(change: Change, limits: Pick<TextLimits, "value">): string {
  return changeTitle(change, limits) + visibleText(headlineDetail(change));
}

/** `aws_prod  AMAZON "AWS production"`: which integration. */
export function changeTitle({ key, type, name }: Change, limits: Pick<TextLimits, "value">): string {
  const shown = shorten(visibleText(JSON.stringify(name)), limits.value);
  return `${visibleText(key)}  ${visibleText(type)} ${shown}`;
}

/** One line for each field, with the values aligned. */
export function fieldLines(fields: readonly FieldChange[], names: DisplayNames, limits: TextLimits): BlockLine[] {
  const texts = fields.map((field) => describeField(field, names, limits));
  const width = Math.min(
    texts.reduce((most, { path }) => Math.max(most, displayWidth(path)), 0),
    24,
  );
  return texts.flatMap((text) => [{ kind: "value", text: fieldLine(text, width) }, ...indentedLines(text.items)]);
}

function fieldLine({ path, value, why }: FieldText, width: number): string {
  const rest = [value, why].filter((part) => part !== "").join("  ");
  return rest === "" ? `${path}:` : `${padTo(path, width)}  ${rest}`;
}

function indentedLines(items: readonly ItemLine[]): BlockLine[] {
  return items.map(({ kind, text }) => ({ kind, text: `  ${SIGNS[kind]} ${text}` }));
}

const SIGNS: Readonly<Record<ItemLine["kind"], string>> = { same: " ", gone: "-", new: "+" };

function refusalLines({ refused }: Change): BlockLine[] {
  if (refused === undefined) return [];
  const label = isNotReviewed({ refused }) ? "NOT REVIEWED" : "REFUSED";
  const why: BlockLine = { kind: "why", text: `${label}: ${visibleText(refused.message)}` };
  return refused.hint === undefined ? [why] : [why, { kind: "hint", text: visibleText(refused.hint) }];
}

function bodyLines(change: Change, names: DisplayNames, limits: TextLimits): BlockLine[] {
  switch (change.action) {
    case "create":
      return [
        ...(change.recreates === undefined
          ? []
          : [noteLine(`${change.recreates} is gone from the workspace: this creates a new one with a new hash`)]),
        ...fieldLines(
          withoutName(change.fields).filter(({ path }) => path !== "identifier"),
          names,
          limits,
        ),
        ...detailLines(change.lifecycle),
        ...supersedesLines(change.supersedes.filter((hash) => hash !== change.recreates)),
      ];
    case "adopt":
      return [
        noteLine(foundBy(change)),
        ...detailLines(change.details.filter(({ path }) => path.startsWith("lifecycle."))),
        ...(change.refused === undefined ? [] : fieldLines(change.differences, names, limits)),
        ...supersedesLines(change.supersedes),
      ];
    case "conflict":
      return change.candidates.map((candidate) => noteLine(`candidate ${candidateText(candidate, limits)}`));
    case "update":
      return [
        ...fieldLines(change.fields, names, limits),
        ...carriedLines(change.carried),
        ...detailLines(change.lifecycle),
        ...uncomparedLines(change.unknown),
      ];
    case "replace":
      return [
        ...fieldLines(change.forces, names, limits).map((line): BlockLine => ({
          ...line,
          text: `${line.text}  (can't change: forces a new integration)`,
        })),
        noteLine(visibleText(`the new one: ${newPlaceText(change)}`)),
        ...fieldLines(withoutName(change.fields), names, limits),
        ...listLines("carried over from the old one", change.carried_over),
        ...detailLines(change.lifecycle),
        noteLine(`the old one, ${change.hash_id}, stays until pipelines use the new hash and a later run has --prune`),
      ];
    case "record":
      return change.basis === "assumed"
        ? listLines(
            "recorded as sent, on request",
            change.details.map(({ path }) => path.replace(/^last_sent\./, "")),
          )
        : detailLines(change.details);
    case "forget":
      return detailLines(change.details);
    case "rename":
    case "delete":
    case "orphan":
    case "keep":
      return [];
    default:
      return change satisfies never;
  }
}

function foundBy({ via, hash_id: hashId, identifier }: Adopt): string {
  const isSetAside = identifier !== undefined && originalIdentifier({ hashId, identifier }) !== undefined;
  if (!isSetAside || via === "import") return FOUND_BY[via];
  return "exists already: found by the identifier that it had before a replacement set it aside";
}

const FOUND_BY: Readonly<Record<Adopt["via"], string>> = {
  import: "exists already: the one that lifecycle.import names",
  identifier: "exists already: found by its identifier",
  key: "exists already: found by its identifier, which is the key",
  moved_from: "exists already: found by its identifier, which is a former key",
  journal: "was created by an interrupted run",
};

const WHY_UNCOMPARED: readonly (readonly [WhyUncompared, string])[] = [
  ["no-value", "the value isn't here"],
  ["no-fingerprint", "it was last sent without a fingerprint (--resend gives it one)"],
  ["no-key", "it has a fingerprint, but no key is set"],
  ["other-key", "its fingerprint was made with another key (--resend renews it)"],
  ["not-shown", "the server doesn't show the permissions"],
  ["offline", "its live value isn't known offline"],
];

/** The fields except the name, which the headline shows. */
function withoutName(fields: readonly FieldChange[]): FieldChange[] {
  return fields.filter(({ path }) => path !== "name");
}

function candidateText(candidate: ConflictCandidate, limits: TextLimits): string {
  const { hash_id, type, name, identifier, scope, project_name, owner } = candidate;
  const known = [
    scope === "PROJECT" && project_name !== undefined ? `project ${project_name}` : scope,
    identifier === undefined ? undefined : `identifier ${identifier}`,
    owner === undefined ? undefined : `in the lockfile as ${owner}`,
  ].filter((part) => part !== undefined);
  const where = known.length === 0 ? "" : `  (${visibleText(known.join(", "))})`;
  return `${hash_id}  ${visibleText(type)} ${shorten(visibleText(JSON.stringify(name)), limits.value)}${where}`;
}

function supersedesLines(hashes: readonly string[]): BlockLine[] {
  return listLines("replaces", hashes);
}

/** The fields that can't be compared, one line for each reason. */
function uncomparedLines(unknown: readonly UncomparedField[]): BlockLine[] {
  return WHY_UNCOMPARED.flatMap(([why, words]) =>
    listLines(
      `not compared, ${words}`,
      unknown.flatMap((field) => (field.why === why ? [field.path] : [])),
    ),
  );
}

function carriedLines(carried: readonly CarriedField[]): BlockLine[] {
  const named = (compared: CarriedField["compared"], value?: CarriedField["value"]): string[] =>
    carried.flatMap((field) => (field.compared === compared && field.value === value ? [field.name] : []));
  return [
    ...listLines("sent along unchanged", named("unchanged")),
    ...listLines("sent along as it is in the workspace", named("unchanged", "live")),
    ...listLines("sent along, not compared", named("unknown")),
  ];
}

const FORMER: Readonly<Record<Which, string>> = {
  current: "",
  "set-aside": ", which was replaced before",
  superseded: ", a former one that may be in use",
};

function headlineDetail(change: Change): string {
  switch (change.action) {
    case "create":
      return `  (${newPlaceText(change)})`;
    case "rename":
      return `  (${change.hash_id}; was ${change.from}, only the key changes)`;
    case "record":
      return `  (${change.hash_id}; only the lockfile changes)`;
    case "delete":
      return `  (${change.hash_id}${FORMER[change.which]})`;
    case "orphan":
      return `  (${change.hash_id}${FORMER[change.which] || "; no longer in the file"}; left alone without --prune)`;
    case "forget":
      return forgetDetail(change);
    case "adopt":
    case "update":
    case "replace":
    case "keep":
      return `  (${change.hash_id})`;
    case "conflict":
      return "";
    default:
      return change satisfies never;
  }
}

/** Where a new integration will be, and what it will be called there. */
function newPlaceText({ scope, project_name: project, identifier }: Create | Replace): string {
  return `${project === undefined ? scope.toLowerCase() : `project ${project}`}, identifier ${identifier}`;
}

function forgetDetail({ why, hash_id: hash }: Forget): string {
  switch (why) {
    case "gone":
      return `  (${hash} is gone; only dropped from the lockfile)`;
    case "retain":
      return `  (${hash} stays in the workspace; only dropped from the lockfile)`;
    case "moved":
      return `  (${hash} moves to another file of this run; only dropped from this lockfile)`;
    case "removed":
      return `  (${hash} stays in the workspace; \`removed\` drops it from the lockfile)`;
    default:
      return why satisfies never;
  }
}
