import { errorDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { matchesGlob } from "../model/glob.ts";
import type { Environment } from "./variable-rules.ts";

/** Lists the workspaces that a run may read or change: handles or globs, separated by spaces or commas. */
export const WORKSPACES_VARIABLE = "BUDDY_INTEGRATIONS_WORKSPACES";

/**
 * Why the environment doesn't allow this workspace. Without this check, anybody who may edit a file could name any
 * workspace that the token can see.
 */
export function disallowedWorkspaceProblem(workspace: string, env: Environment): Diagnostic | undefined {
  const listed = env[WORKSPACES_VARIABLE];
  if (listed === undefined) return undefined;
  const allowed = listed.split(/[\s,]+/).filter((name) => name !== "");
  if (allowed.some((glob) => matchesGlob(glob, workspace))) return undefined;
  const names = allowed.length === 0 ? "none" : allowed.join(", ");
  const message = `the workspace ${workspace} isn't one that ${WORKSPACES_VARIABLE} allows: ${names}`;
  return errorDiagnostic(
    "workspace-not-allowed",
    message,
    `if it is the intended one, add it to ${WORKSPACES_VARIABLE}`,
  );
}
