import type { ApiClient } from "../../api/client.ts";
import { errorDiagnostic } from "../../model/diagnostic.ts";
import { success, type Result } from "../../model/integration.ts";
import { quoteName } from "../../model/printable.ts";
import { failedCallDiagnostic, stop, stopForFailedReads, type CommandStop } from "../stop.ts";

export interface ProbeAccess {
  /** The token's owner, who is an administrator. Undefined if the token may not read who that is. */
  readonly owner: number | undefined;
}

/**
 * Checks, by reading alone, whether this token could remove what a probe creates. If that can't be known, the probe
 * first creates one integration, and creates the next only after that one could be deleted.
 */
export async function checkProbeAccess(client: ApiClient, project: string): Promise<Result<ProbeAccess, CommandStop>> {
  const [list, inProject, known, token, owner] = await Promise.all([
    client.list(),
    client.list(project),
    client.project(project),
    client.token(),
    client.owner(),
  ]);
  if (!list.ok) return stopForFailedReads([{ what: "the list of integrations", failure: list.error }]);
  if (!inProject.ok) {
    const call = { what: `the list of the project ${quoteName(project)} can't be read`, failure: inProject.error };
    return stop("failed", { ...failedCallDiagnostic(call), code: "probe-project" });
  }
  // Ask for the project itself, since before August 2026 the list of a missing project doesn't fail. If the token may
  // not read projects, the status isn't 404.
  if (known.ok && known.value === undefined) {
    const message = `there is no project ${quoteName(project)} that this token can see`;
    return stop("failed", errorDiagnostic("probe-project", message, "take its name from the address of its web page"));
  }
  const scopes = token.ok ? token.value.scopes.filter((name) => name.startsWith("INTEGRATION_")) : [];
  const lacking = [
    ...(scopes.includes("INTEGRATION_WRITE") || scopes.includes("INTEGRATION_ADD") ? [] : ["INTEGRATION_WRITE"]),
    ...(scopes.includes("INTEGRATION_MANAGE") ? [] : ["INTEGRATION_MANAGE"]),
  ];
  if (scopes.length > 0 && lacking.length > 0) {
    const message = `the token lacks ${lacking.join(" and ")}, so it can't create integrations and remove them again; nothing was created`;
    return stop("refused", errorDiagnostic("probe-refused", message, "use a token with these scopes"));
  }
  if (!owner.ok) return success({ owner: undefined });
  const members = await client.members();
  const member = members.ok ? members.value.find(({ id }) => id === owner.value.id) : undefined;
  if (member === undefined) return success({ owner: undefined });
  if (member.admin) return success({ owner: member.id });
  const message =
    "the token's owner isn't an administrator of the workspace, and a probe's integrations are denied to everybody else, so it couldn't remove them; nothing was created";
  return stop("refused", errorDiagnostic("probe-refused", message, "ask an administrator to run the probe"));
}
