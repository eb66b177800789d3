import { DEFAULT_CONFIG } from "../../checkout/paths.ts";
import type { ApiClient } from "../../api/client.ts";
import { loadConfig, resolveConfig } from "../../config/load-config.ts";
import { lockedHostProblem } from "../../config/api-host.ts";
import { chooseApi, resolveTarget } from "../../config/resolve-target.ts";
import { canonicalApi, parseApi, parseSectionName, workspaceSectionName } from "../../model/address.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import type { HashId, IntegrationWithSecrets, ListedIntegration, Result, Target } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import { unverifiedHashes } from "../../pipelines/meaning/check.ts";
import type { KnownIntegrations } from "../../pipelines/meaning/known-integrations.ts";
import type { PipelineScan } from "../../pipelines/reference.ts";
import { connectClient, hasToken } from "../inputs/connect.ts";
import { loadLockfile } from "../inputs/load-lockfile.ts";
import { readInput } from "../inputs/read-input.ts";
import type { Session } from "../session.ts";
import { failedCallDiagnostic, stop, stopForFailedCalls, type CommandStop } from "../stop.ts";

/** The section of the lockfile that references are checked against. */
export interface NamedLockSection {
  readonly section: LockSection;
  /** Undefined if neither the lockfile nor a setting names a workspace. */
  readonly name: string | undefined;
  /** The workspace and host that the desired state names. */
  readonly file: Partial<Target>;
}

/** Finds the section. If the lockfile has several, `--workspace`, `--api`, the file or the environment choose one. */
export async function findSection(session: Session): Promise<Result<NamedLockSection, CommandStop>> {
  const { io, options } = session;
  const lockfile = await loadLockfile(session);
  if (!lockfile.ok) return stop("invalid", ...lockfile.error);
  const { name: lockfileName, lock } = lockfile.value;
  const sections = [...lock.sections];
  const bytes = await readInput(io, options.file);
  const loaded = bytes.ok ? loadConfig(options.file, bytes.value) : undefined;
  const file = loaded?.ok ? loaded.value.target : {};
  const asked = { workspace: options.workspace ?? file.workspace, api: options.api ?? file.api };
  const matching = sections.filter(([name]) => matchesSection(name, asked));
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return success({ section: only[1], name: only[0], file });
  if (only === undefined) {
    if (sections.length === 0 || (options.workspace === undefined && options.api === undefined)) {
      return success({ section: new Map(), name: configuredName(session, file), file });
    }
    const hint = `it has ${sections.map(([name]) => name).join(", ")}`;
    return stop("invalid", errorDiagnostic("unknown-workspace", `${lockfileName} has no such workspace`, hint));
  }
  const inEnvironment = matching.filter(([name]) =>
    matchesSection(name, { workspace: io.env["BUDDY_WORKSPACE"], api: io.env["BUDDY_BASE_URL"] }),
  );
  const [chosen] = inEnvironment;
  if (inEnvironment.length === 1 && chosen !== undefined) return success({ section: chosen[1], name: chosen[0], file });
  const hint = `say which with --workspace (and --api): ${matching.map(([name]) => name).join(", ")}`;
  return stop("invalid", errorDiagnostic("several-workspaces", `${lockfileName} holds several workspaces`, hint));
}

/** The name that the section will have, from the settings, if the lockfile doesn't have it yet. */
function configuredName({ io, options }: Session, file: Partial<Target> = {}): string | undefined {
  const target = resolveTarget({ flags: options, file, env: io.env, placeOf: () => undefined });
  return target.ok ? workspaceSectionName(target.value) : undefined;
}

/** The integrations of the desired state, as far as references need them. Empty if there is no file. */
export async function wantedIntegrations({
  io,
  options,
}: Session): Promise<Result<readonly IntegrationWithSecrets[], CommandStop>> {
  const bytes = await readInput(io, options.file);
  if (!bytes.ok) {
    // A file that the user names must exist.
    if (bytes.error.code === "ENOENT" && options.file === DEFAULT_CONFIG) return success([]);
    const message = `${options.file} can't be read: ${bytes.error.message}`;
    return stop("invalid", errorDiagnostic("unreadable-file", message));
  }
  const loaded = loadConfig(options.file, bytes.value);
  if (!loaded.ok) return stop("invalid", ...loaded.diagnostics.filter(({ severity }) => severity === "error"));
  // Pipelines don't refer to values of references, so no value is needed.
  const resolved = resolveConfig(loaded.value, () => ({ kind: "unset" }));
  return success(resolved.ok ? resolved.value.integrations : []);
}

/** The references in the pipeline files, and what is known of them without a request. */
export interface ReferenceQuestion {
  readonly found: NamedLockSection;
  readonly scans: readonly PipelineScan[];
  readonly known: KnownIntegrations;
}

export interface HashLookUp {
  readonly known: KnownIntegrations;
  /** Reports the projects whose part of the list can't be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * With a token, looks up in the workspace what the lockfile doesn't have. It reads the workspace's own part of the
 * list, and the parts of the projects that the file and the lockfile name and of the pipelines' own project. Without
 * a token, unknown hashes stay unknown.
 */
export async function lookUpHashes(
  session: Session,
  { found, scans, known }: ReferenceQuestion,
): Promise<Result<HashLookUp, CommandStop>> {
  const isNothingOpen = scans.every(({ references }) => references.length === 0);
  if (found.name === undefined || !hasToken(session.io) || isNothingOpen) return success({ known, diagnostics: [] });
  const client = await connectSection(session, found);
  if (!client.ok) return client;
  const listed = await readListsForReferences(client.value, projectsToList(found.section, known));
  if (!listed.ok) return listed;
  const { items, unread } = listed.value;
  const isOwnPartRead = known.project !== undefined && !unread.some(({ project }) => project === known.project);
  const listedHashes = new Set(items.map(({ hashId }) => hashId));
  const missing = unverifiedHashes(scans, known).filter((hashId) => !listedHashes.has(hashId));
  const answers = await Promise.all(missing.map(async (hashId) => [hashId, await client.value.get(hashId)] as const));
  const hashes = new Map<HashId, ListedIntegration | "gone">();
  for (const [hashId, answer] of answers) {
    if (answer.ok) hashes.set(hashId, answer.value ?? "gone");
    // A hash that the token may not see stays unknown. Any other failure ends the check.
    else if (answer.error.kind !== "forbidden" || answer.error.apiDisabled) {
      return stopForFailedCalls([{ what: `${hashId} could not be looked up`, failure: answer.error }]);
    }
  }
  const workspace = { listed: items, hashes, complete: isOwnPartRead };
  return success({ known: { ...known, workspace }, diagnostics: unread.map(({ diagnostic }) => diagnostic) });
}

/**
 * A client for the workspace of the lockfile's section. The file, an option or the environment must name its host
 * too.
 */
export async function connectSection(
  session: Session,
  { name, file }: NamedLockSection,
): Promise<Result<ApiClient, CommandStop>> {
  const target = name === undefined ? undefined : parseSectionName(name);
  if (target === undefined) {
    const hint = "name it with --workspace, or set BUDDY_WORKSPACE";
    return stop("invalid", errorDiagnostic("no-workspace", "no workspace is named", hint));
  }
  const api = parseApi(target.api);
  if (!api.ok) {
    const message = `the host that the lockfile names for ${target.workspace} can't be used: ${api.error}`;
    return stop("invalid", errorDiagnostic("wrong-api", message));
  }
  const problems = hostProblems(session, target, file);
  if (problems.length > 0) return stop("invalid", ...problems);
  return connectClient(session, { target, access: "read-only" });
}

interface ListsForReferences {
  /** Each integration once, with its project if the part of the list shows it. */
  readonly items: readonly ListedIntegration[];
  readonly unread: readonly { readonly project: string; readonly diagnostic: Diagnostic }[];
}

/**
 * Reads the workspace's own part of the list, and those of projects. A project's part that can't be read is a
 * warning.
 */
async function readListsForReferences(
  client: ApiClient,
  projects: readonly string[],
): Promise<Result<ListsForReferences, CommandStop>> {
  const [own, ...ofProjects] = await Promise.all([client.list(), ...projects.map((project) => client.list(project))]);
  if (!own.ok) return stopForFailedCalls([{ what: "the list could not be read", failure: own.error }]);
  const items = new Map(own.value.map((item) => [item.hashId, item]));
  const unread: { project: string; diagnostic: Diagnostic }[] = [];
  for (const [index, answer] of ofProjects.entries()) {
    const project = projects[index] ?? "";
    if (answer.ok) {
      for (const item of answer.value) {
        if (items.has(item.hashId)) continue;
        const isWorkspaces = item.scope !== undefined && item.scope !== "PROJECT";
        items.set(item.hashId, isWorkspaces ? item : { projectName: project, ...item });
      }
      continue;
    }
    if (answer.error.kind === "unauthorized") {
      return stopForFailedCalls([{ what: "the list could not be read", failure: answer.error }]);
    }
    const call = { what: `the list of the project ${project} could not be read`, failure: answer.error };
    unread.push({
      project,
      diagnostic: { ...failedCallDiagnostic(call), code: "unreadable-project", severity: "warning" },
    });
  }
  return success({ items: [...items.values()], unread });
}

/** The lockfile may say which section is meant, but not which host gets the token. */
function hostProblems({ io, options }: Session, { api }: Target, file: Partial<Target>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const chosen = chooseApi({ flags: options, file, env: io.env, placeOf: () => undefined }, diagnostics);
  const locked = lockedHostProblem(canonicalApi(api), canonicalApi(chosen.value));
  return diagnostics.length > 0 || locked === undefined ? diagnostics : [locked];
}

/** Projects whose integrations the file wants or the lockfile holds, and the pipelines' own. */
export function projectsToList(section: LockSection, { wanted, project }: KnownIntegrations): string[] {
  const locked = [...section.values()].flatMap(({ lastSent }) => lastSent.get("project_name") ?? []);
  const names = [project, ...wanted.map(({ projectName }) => projectName), ...locked];
  return [...new Set(names.filter((name) => typeof name === "string"))].toSorted();
}

function matchesSection(
  name: string,
  asked: { readonly workspace?: string | undefined; readonly api?: string | undefined },
): boolean {
  const target = parseSectionName(name);
  const api = asked.api === undefined ? undefined : parseApi(asked.api);
  return (
    target !== undefined &&
    (asked.workspace === undefined || asked.workspace === target.workspace) &&
    (api === undefined || (api.ok && api.value === target.api))
  );
}
