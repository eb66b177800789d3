import type { IntegrationPlace } from "../../model/identity.ts";
import type { ListedIntegration } from "../../model/integration.ts";
import type { Refusal } from "../change.ts";

/** A part of the workspace's list: its own integrations, or those of one project. */
export type ListPart = "WORKSPACE" | `PROJECT ${string}`;

/** The parts of the list that were needed, each read or unreadable. */
export type ListedParts = ReadonlyMap<ListPart, readonly ListedIntegration[] | UnreadablePart>;

/** A part of the list that could not be read, so its content is unknown. */
export interface UnreadablePart {
  /** The server's response in words. */
  readonly why: string;
  /** What to do about it, unless it is to make the project visible. */
  readonly hint?: string;
}

/** The part that lists an integration of this place; undefined for the scope ENVIRONMENT, which may be in no list. */
export function listPartOf({ scope, projectName }: IntegrationPlace): ListPart | undefined {
  if (scope === "WORKSPACE") return "WORKSPACE";
  return scope === "PROJECT" && projectName !== undefined ? `PROJECT ${projectName}` : undefined;
}

/** The project whose part it is; undefined for the workspace's own. */
export function projectOfPart(part: ListPart): string | undefined {
  return part === "WORKSPACE" ? undefined : part.slice("PROJECT ".length);
}

/** Why nothing may be created or adopted in this place: it can't be read, so the wanted integration may exist already. */
export function unreadableProject(place: IntegrationPlace, parts: ListedParts): Refusal | undefined {
  const part = listPartOf(place);
  const listed = part === undefined ? undefined : parts.get(part);
  if (listed === undefined || !("why" in listed)) return undefined;
  return {
    code: "unreadable-project",
    message: `the integrations of the project ${place.projectName} can't be read (${listed.why}), so it isn't known whether this one exists already`,
    hint: listed.hint ?? "check project_name, and whether the token's owner may see the project",
  };
}
