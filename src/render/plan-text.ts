import { createColors } from "picocolors";
import { visibleText } from "../config/words.ts";
import type { Action, Change, FieldChange, Names, Plan } from "../plan/change.ts";
import { planHash } from "../plan/hash.ts";
import { driftOf, summaryLine } from "./summary.ts";
import { describeField, type ValueLine } from "./value.ts";

type Colors = ReturnType<typeof createColors>;
type Paint = (text: string) => string;

/** The plan for a person at a terminal or in a CI log. */
export function renderPlanText(plan: Plan, options: { readonly color: boolean }): string {
  const colors = createColors(options.color);
  const lines = [`${colors.bold(plan.workspace)} at ${plan.api}`, ""];
  if (plan.offline) {
    lines.push(
      "Made from the lockfile alone: what changed in the workspace, what exists there already, and numbers of names can't be seen.",
      "",
    );
  }
  lines.push(...driftSection(plan, colors));
  const listed = plan.changes.filter(({ action }) => action !== "keep");
  if (listed.length > 0) lines.push(colors.bold("Changes"), "");
  for (const change of listed) lines.push(...changeLines(change, plan.names, colors), "");
  if (plan.warnings.length > 0) {
    lines.push(colors.bold("Warnings"), "");
    for (const { message, hint } of plan.warnings) {
      lines.push(`  ${colors.yellow("!")} ${message}`, ...(hint === undefined ? [] : [`    ${hint}`]));
    }
    lines.push("");
  }
  lines.push(summaryLine(plan));
  const hash = planHash(plan);
  lines.push(hash === undefined ? "An offline plan has no hash: it can't be expected on merge." : `Plan hash: ${hash}`);
  return `${lines.join("\n")}\n`;
}

/** `+ create  key  TYPE "Name"`: what a change is, on one line. */
export function headline(change: Change): string {
  const { key, type, name } = change;
  return `${key}  ${type} ${visibleText(JSON.stringify(name))}${detail(change)}`;
}

function driftSection(plan: Plan, colors: Colors): string[] {
  const drift = driftOf(plan);
  if (drift.length === 0) return [];
  const lines = drift.flatMap(({ change, field }) =>
    fieldLines(reversed(field), plan.names, colors, `  ${change.key}  `),
  );
  return [colors.bold("Drift: changed in the workspace since the last apply"), "", ...lines, ""];
}

/** Drift is told as it happened: from what was sent to what is live. */
function reversed(field: FieldChange): FieldChange {
  const { before, after } = field;
  return { ...field, reason: "edited", before: after, after: before ?? null };
}

function changeLines(change: Change, names: Names, colors: Colors): string[] {
  const [symbol, paint] = symbolOf(change.action, colors);
  const refused = change.refused;
  const head = `  ${paint(symbol.padEnd(3))} ${paint(change.action)}  ${headline(change)}`;
  const lines = refused === undefined ? [head] : [`${head}  ${colors.red(colors.bold("REFUSED"))}`];
  if (refused !== undefined) {
    lines.push(`      ${colors.red(refused.message)}`);
    if (refused.hint !== undefined) lines.push(`      ${refused.hint}`);
  }
  return [...lines, ...bodyLines(change, names, colors)];
}

function bodyLines(change: Change, names: Names, colors: Colors): string[] {
  const fields = (list: readonly FieldChange[]): string[] =>
    list.flatMap((field) => fieldLines(field, names, colors, "      "));
  const note = (label: string, list: readonly string[]): string[] =>
    list.length === 0 ? [] : [colors.dim(`      ${label}: ${list.join(", ")}`)];
  switch (change.action) {
    case "create":
      return [...fields(change.fields), ...note("in the place of", change.supersedes)];
    case "adopt":
      return [
        ...(change.refused === undefined ? [] : fields(change.differences)),
        ...note("in the place of", change.supersedes),
      ];
    case "conflict":
      return change.candidates.map((candidate) => {
        const { hash_id, type, name, identifier, scope, project_name, owner } = candidate;
        const where = [scope, project_name, identifier, owner === undefined ? undefined : `key ${owner}`];
        const known = where.filter((part) => part !== undefined).join(", ");
        return `      candidate ${hash_id}  ${type} ${visibleText(JSON.stringify(name))}${known === "" ? "" : ` (${visibleText(known)})`}`;
      });
    case "update":
      return [
        ...fields(change.fields),
        ...note("sent along unchanged", change.carried),
        ...note("unknown, so not compared", change.unknown),
      ];
    case "replace":
      return [
        ...fields(change.forces).map((line) => `${line}  ${colors.red("(forces a replacement)")}`),
        ...fields(change.fields.filter(({ path }) => path !== "type")),
        ...note("carried over from the live one", change.carried_over),
      ];
    case "record":
      return note("in the lockfile", change.details);
    case "rename":
    case "delete":
    case "orphan":
    case "forget":
    case "keep":
      return [];
    default:
      return change satisfies never;
  }
}

function fieldLines(field: FieldChange, names: Names, colors: Colors, indent: string): string[] {
  return describeField(field, names).map(({ kind, text }) => {
    const [mark, paint] = lineStyle(kind, colors);
    return kind === "change" ? `${indent}${text}` : paint(`${" ".repeat(indent.length)}${mark} ${text}`);
  });
}

function lineStyle(kind: ValueLine["kind"], colors: Colors): readonly [string, Paint] {
  switch (kind) {
    case "new":
      return ["+", colors.green];
    case "gone":
      return ["-", colors.red];
    case "same":
    case "change":
      return [" ", colors.dim];
    default:
      return kind satisfies never;
  }
}

function symbolOf(action: Action, colors: Colors): readonly [string, Paint] {
  switch (action) {
    case "create":
      return ["+", colors.green];
    case "adopt":
      return ["=", colors.cyan];
    case "update":
      return ["~", colors.yellow];
    case "replace":
      return ["-/+", colors.red];
    case "delete":
      return ["-", colors.red];
    case "rename":
      return [">", colors.cyan];
    case "conflict":
      return ["!", colors.red];
    case "record":
    case "forget":
    case "orphan":
    case "keep":
      return [".", colors.dim];
    default:
      return action satisfies never;
  }
}

function detail(change: Change): string {
  switch (change.action) {
    case "create": {
      const where = change.project_name === undefined ? change.scope : `${change.scope} ${change.project_name}`;
      const gone = change.recreates === undefined ? "" : `; ${change.recreates}, which was recorded, is gone`;
      return `  (${visibleText(where)}, identifier ${change.identifier}${gone})`;
    }
    case "adopt":
      return `  (${change.hash_id}, found by ${change.via})`;
    case "rename":
      return `  (was ${change.from}; the integration stays ${change.hash_id})`;
    case "replace":
      return `  (a new hash instead of ${change.hash_id}; the old one stays until --prune)`;
    case "delete":
    case "orphan":
      return change.superseded ? `  (superseded ${change.hash_id})` : `  (${change.hash_id})`;
    case "forget":
      return change.why === "gone" ? `  (${change.hash_id} is gone)` : `  (${change.hash_id} stays in the workspace)`;
    case "update":
    case "record":
    case "keep":
      return `  (${change.hash_id})`;
    case "conflict":
      return "";
    default:
      return change satisfies never;
  }
}
