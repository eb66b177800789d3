import type { ApiFailure } from "../../api/client.ts";
import { reasonOfFailure, type EndReason } from "../../exit.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { ListedIntegration, Result } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import type { ReadParts } from "../../overview/listed-places.ts";
import type { ListPart } from "../../plan/match/list-parts.ts";
import type { LookUpInputs } from "./look-up-inputs.ts";
import { failedCallDiagnostic, stopForFailedCalls, type CommandStop } from "../stop.ts";

export interface PartsRead {
  readonly parts: ReadParts;
  /** Why the part of a project is missing. */
  readonly diagnostics: readonly Diagnostic[];
  readonly reasons: readonly EndReason[];
  /** Whether all projects were read. If false, only those that the file and the lockfile name were read. */
  readonly hasAllProjects: boolean;
}

/** Reads the workspace's own part of the list, and the part of every project or of one. */
export async function readParts(
  { client, desired, section }: Pick<LookUpInputs, "client" | "desired" | "section">,
  project: string | undefined,
): Promise<Result<PartsRead, CommandStop>> {
  const [own, all] = await Promise.all([client.list(), project === undefined ? client.projects() : undefined]);
  if (!own.ok) return listStop(own.error);
  if (all !== undefined && !all.ok && isOfTheRun(all.error)) return listStop(all.error);
  const named = project === undefined ? namedProjects(desired, section) : [project];
  const names = new Set([...(all?.ok ? all.value.map(({ name }) => name) : []), ...named]);
  const projects = [...names].toSorted();
  const answers = await Promise.all(projects.map(async (name) => [name, await client.list(name)] as const));
  const parts = new Map<ListPart, readonly ListedIntegration[]>([["WORKSPACE", own.value]]);
  const diagnostics: Diagnostic[] = [];
  const reasons: EndReason[] = [];
  for (const [name, answer] of answers) {
    if (answer.ok) parts.set(`PROJECT ${name}`, answer.value);
    else if (isOfTheRun(answer.error)) return listStop(answer.error);
    else {
      const call = { what: `the list of the project ${name} could not be read`, failure: answer.error };
      diagnostics.push({ ...failedCallDiagnostic(call), code: "unreadable-project" });
      reasons.push(reasonOfFailure(answer.error));
    }
  }
  return success({ parts, diagnostics, reasons, hasAllProjects: all?.ok ?? true });
}

function listStop(failure: ApiFailure): { readonly ok: false; readonly error: CommandStop } {
  return stopForFailedCalls([{ what: "the list could not be read", failure }]);
}

function isOfTheRun({ kind }: ApiFailure): boolean {
  return kind === "unauthorized" || kind === "interrupted";
}

/** Projects whose integrations the file wants or the lockfile holds. */
function namedProjects(desired: LookUpInputs["desired"], section: LookUpInputs["section"]): readonly string[] {
  const wanted = desired.map(({ projectName }) => projectName);
  const locked = [...section.values()].map(({ lastSent }) => lastSent.get("project_name"));
  return [...wanted, ...locked].filter((name) => typeof name === "string");
}
