import type { EndReason } from "../exit.ts";
import { warningDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { counted } from "../model/text.ts";
import { describeDuplicates, duplicateRows } from "../overview/duplicate-rows.ts";
import type { IntegrationRow } from "../overview/integration-row.ts";
import { diagnosticJson } from "../render/diagnostics.ts";
import { harmlessJson } from "../model/printable.ts";
import { renderIntegrationRows } from "../render/integration-rows.ts";
import { readLookUpInputs } from "./inputs/look-up-inputs.ts";
import { readOverview } from "./inputs/read-overview.ts";
import type { PartsRead } from "./inputs/read-parts.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stop } from "./stop.ts";
import { isAskedType, unknownTypeProblem } from "./inputs/type-filter.ts";

export interface ListOptions extends WorkspaceOptions {
  readonly unmanaged: boolean;
  readonly type: string | undefined;
  readonly project: string | undefined;
  readonly format: "text" | "json";
}

/** `list`: shows every integration of the workspace, with its key if it has one. */
export async function list(session: Session<ListOptions>): Promise<readonly EndReason[]> {
  const inputs = await readLookUpInputs(session);
  if (!inputs.ok) return reportStop(session, inputs.error);
  const overview = await readOverview(inputs.value, session.options.project);
  if (!overview.ok) return reportStop(session, overview.error);
  const { rows, read } = overview.value;
  const { io, console, options } = session;
  const missed = [...read.diagnostics, ...(read.hasAllProjects ? [] : [PROJECTS_UNKNOWN])];
  const types = rows.map(({ type }) => type);
  const unknown = unknownTypeProblem(options.type, types);
  if (unknown !== undefined) return reportStop(session, stop("invalid", ...missed, unknown).error);
  const chosen = rows.filter((row) => isAskedFor(row, options));
  const diagnostics = [...missed, ...listDuplicateWarnings(rows)];
  if (options.format === "json") {
    const document = { integrations: chosen, diagnostics: diagnostics.map((diagnostic) => diagnosticJson(diagnostic)) };
    io.stdout.write(harmlessJson(document));
    return read.reasons;
  }
  io.stdout.write(renderIntegrationRows(chosen, io.stdout.isTTY ? io.stdout.columns : undefined));
  for (const line of overviewSummary(chosen, read)) console.note(line);
  return reportStop(session, { reasons: read.reasons, diagnostics });
}

/** The warning that projects may be missing, since the token may not list them. */
export const PROJECTS_UNKNOWN: Diagnostic = warningDiagnostic(
  "unlisted-projects",
  "the token may not list projects, so only those that the file and the lockfile name were read",
  "name another one with --project, or give the token the scope PROJECT_READ (before August 2026: WORKSPACE)",
);

function listDuplicateWarnings(rows: readonly IntegrationRow[]): Diagnostic[] {
  return duplicateRows(rows).map((group) => {
    const { message, hint } = describeDuplicates(group);
    return warningDiagnostic("duplicate", message, hint);
  });
}

function isAskedFor({ status, type }: IntegrationRow, options: ListOptions): boolean {
  if (options.unmanaged && status !== "unmanaged") return false;
  return isAskedType(type, options.type);
}

function overviewSummary(rows: readonly IntegrationRow[], { parts }: PartsRead): string[] {
  const unmanaged = rows.filter(({ status }) => status === "unmanaged").length;
  const where = parts.size === 1 ? "the workspace" : `the workspace and ${counted(parts.size - 1, "project")}`;
  return [
    `${counted(rows.length, "integration")}, ${unmanaged} unmanaged, in ${where}.`,
    "Those of the scope ENVIRONMENT are in no list: only locked ones are shown.",
  ];
}
