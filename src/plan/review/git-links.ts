import type { ApiFailure, FullProject } from "../../api/client.ts";
import type { IntegrationWithSecrets, HashId, Result } from "../../model/integration.ts";
import type { Change, Plan, PlanWarning } from "../change.ts";
import type { ObservedWorkspace } from "../input.ts";
import { changesByTakenHash, takenHashes } from "../loss.ts";
import { sortWarnings } from "./warnings.ts";

/** A project that is linked to its Git provider, and the integration that the link uses. */
export interface GitLink {
  /** The project's slug. */
  readonly project: string;
  readonly hashId: HashId;
}

/** What reading Git links needs of the API. */
export interface ProjectReader {
  /** `undefined`: there is no such project. */
  project(name: string): Promise<Result<Pick<FullProject, "integration"> | undefined, ApiFailure>>;
}

/** The Git links of the projects that the file or the plan names, as far as the token may read them. */
export async function readGitLinks(
  reader: ProjectReader,
  plan: Pick<Plan, "changes">,
  integrations: readonly Pick<IntegrationWithSecrets, "projectName" | "allowedPipelines">[],
  observed: Pick<ObservedWorkspace, "live">,
): Promise<readonly GitLink[]> {
  const read = linkedProjects(plan, integrations, observed).map(async (project): Promise<GitLink[]> => {
    const answer = await reader.project(project);
    const hashId = answer.ok ? answer.value?.integration : undefined;
    return hashId === undefined ? [] : [{ project, hashId }];
  });
  return (await Promise.all(read)).flat();
}

/**
 * The projects whose Git link must be read, sorted: those that the file or the plan names. None if the plan takes no
 * integration away.
 */
export function linkedProjects(
  { changes }: Pick<Plan, "changes">,
  integrations: readonly Pick<IntegrationWithSecrets, "projectName" | "allowedPipelines">[],
  { live }: Pick<ObservedWorkspace, "live">,
): string[] {
  if (changes.every((change) => takenHashes(change).length === 0)) return [];
  const named = [
    ...integrations.map(({ projectName }) => projectName),
    ...integrations.flatMap(({ allowedPipelines = [] }) => allowedPipelines.map(projectOf)),
    ...changes.flatMap((change) => ("hash_id" in change ? [live.get(change.hash_id)?.projectName] : [])),
  ];
  return [...new Set(named.filter((name) => name !== undefined))].toSorted();
}

/** The plan with a warning for each Git link that uses an integration which the plan takes away. */
export function withGitLinks(plan: Plan, links: readonly GitLink[]): Plan {
  const taken = changesByTakenHash(plan);
  const warnings = links.flatMap((link) => {
    const change = taken.get(link.hashId);
    return change === undefined ? [] : [warningOf(link, change)];
  });
  return warnings.length === 0 ? plan : { ...plan, warnings: sortWarnings([...plan.warnings, ...warnings]) };
}

function projectOf(ref: NonNullable<IntegrationWithSecrets["allowedPipelines"]>[number]): string | undefined {
  return "project" in ref ? ref.project : undefined;
}

const SETTINGS = "in the project's settings in Buddy's web page";

/** The link is set when the project is created, and no call of the API changes it afterwards. */
function warningOf({ project, hashId }: GitLink, { action, key }: Change): PlanWarning {
  const fate = action === "delete" ? "deleted" : action === "replace" ? "replaced" : "superseded";
  return {
    code: "breaks-git-link",
    key,
    message: `the Git link of the project ${project} uses ${hashId}, which is ${fate}; the API can't change that link`,
    hint: REMEDIES[fate],
  };
}

const REMEDIES = {
  deleted: `choose another integration ${SETTINGS} before you apply`,
  replaced: `after the apply, choose the new integration ${SETTINGS}; a later run with --prune deletes the old one`,
  superseded: `after the apply, choose the new integration ${SETTINGS}`,
} as const;
