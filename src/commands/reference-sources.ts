import { resolve } from "node:path";
import { apiProblem } from "../model/address.ts";
import { loadConfig, resolveConfig } from "../config/load-config.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { EXIT } from "../exit.ts";
import { readBytes } from "../checkout/files.ts";
import type { Io } from "../io.ts";
import { workspaceSectionName, type LockSection } from "../model/lockfile.ts";
import type { IntegrationWithSecrets, HashId, ListedIntegration, Result, Target } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import { findPipelineFiles, readPipelineFile } from "../checkout/pipeline-files.ts";
import { unverifiedHashes } from "../pipelines/meaning/check.ts";
import type { KnownIntegrations } from "../pipelines/meaning/known-integrations.ts";
import type { PipelineScan } from "../pipelines/reference.ts";
import { scanPipeline } from "../pipelines/scan/scan.ts";
import { connectClient, hasToken, type ConnectOptions } from "./connect.ts";
import type { CommandConsole } from "./console.ts";
import { loadLockfile, type InputOptions } from "./inputs.ts";
import { canonicalApi, lockedHostProblem } from "../config/api-host.ts";
import { chooseApi, resolveTarget } from "../config/resolve-target.ts";
import {
  exitCodeOfFailures,
  apiFailureDiagnostic,
  errorDiagnostic,
  commandStop,
  type CommandStop,
} from "./command-stop.ts";

/** The lockfile's section that references are about. */
export interface NamedLockSection {
  readonly section: LockSection;
  /** Absent where neither the lockfile nor a setting names a workspace. */
  readonly name?: string;
  /** What the desired state says of where it belongs. */
  readonly file: Partial<Target>;
}

/**
 * The one section of the lockfile, or the one that `--workspace`, `--api`, the file or the environment name, where it has
 * several.
 */
export async function findSection(options: InputOptions, io: Io): Promise<Result<NamedLockSection, CommandStop>> {
  const lock = await loadLockfile(options, undefined, io);
  if (lock.input === undefined) return commandStop(EXIT.invalid, lock.diagnostics);
  const sections = [...lock.input.lock.sections];
  const bytes = await readBytes(resolve(io.cwd, options.file));
  const file = (bytes.ok ? loadConfig(options.file, bytes.value).written?.target : undefined) ?? {};
  const asked = { workspace: options.workspace ?? file.workspace, api: options.api ?? file.api };
  const matching = sections.filter(([name]) => matchesSection(name, asked));
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return success({ section: only[1], name: only[0], file });
  if (only === undefined) {
    if (sections.length === 0 || (options.workspace === undefined && options.api === undefined)) {
      return success({ section: new Map(), ...configuredName(options, file, io), file });
    }
    const hint = `it has ${sections.map(([name]) => name).join(", ")}`;
    return commandStop(EXIT.invalid, [
      errorDiagnostic("unknown-workspace", `${lock.input.name} has no such workspace`, hint),
    ]);
  }
  const inEnvironment = matching.filter(([name]) =>
    matchesSection(name, { workspace: io.env["BUDDY_WORKSPACE"], api: io.env["BUDDY_BASE_URL"] }),
  );
  const [chosen] = inEnvironment;
  if (inEnvironment.length === 1 && chosen !== undefined) return success({ section: chosen[1], name: chosen[0], file });
  const hint = `say which with --workspace (and --api): ${matching.map(([name]) => name).join(", ")}`;
  return commandStop(EXIT.invalid, [
    errorDiagnostic("several-workspaces", `${lock.input.name} holds several workspaces`, hint),
  ]);
}

/** The section's name where the lockfile has none yet: of the workspace that the settings name. */
function configuredName(options: InputOptions, file: Partial<Target>, { env }: Io): Pick<NamedLockSection, "name"> {
  const { target } = resolveTarget({ flags: options, file, env, placeOf: () => undefined, apiProblem });
  return target === undefined ? {} : { name: workspaceSectionName(target) };
}

/** What the desired state wants, as far as references need it; nothing where there is no such file. */
export async function wantedIntegrations(
  options: InputOptions,
  io: Io,
): Promise<Result<readonly IntegrationWithSecrets[], CommandStop>> {
  const bytes = await readBytes(resolve(io.cwd, options.file));
  if (!bytes.ok) {
    if (bytes.error.code === "ENOENT") return success([]);
    return commandStop(EXIT.invalid, [
      errorDiagnostic("unreadable-file", `${options.file} can't be read: ${bytes.error.message}`),
    ]);
  }
  const { written, diagnostics } = loadConfig(options.file, bytes.value);
  if (written === undefined)
    return commandStop(
      EXIT.invalid,
      diagnostics.filter(({ severity }) => severity === "error"),
    );
  // Values of references play no part in what pipelines refer to.
  const { declared } = resolveConfig(written, () => ({ kind: "unset" }));
  return success(declared?.integrations ?? []);
}

/** Reads and scans the files that were named, else the usual ones. */
export async function scanFiles(
  files: readonly string[],
  io: Io,
): Promise<{ readonly scans: readonly PipelineScan[]; readonly diagnostics: readonly Diagnostic[] }> {
  const names = files.length > 0 ? files : await findPipelineFiles(io.cwd);
  const scans: PipelineScan[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const text = await readPipelineFile(resolve(io.cwd, name));
    if (text.ok) scans.push(scanPipeline(name, text.value));
    else diagnostics.push(errorDiagnostic("unreadable-file", `${name} can't be read: ${text.error.message}`));
  }
  return { scans, diagnostics };
}

/**
 * With a token, the workspace is asked for what the lockfile doesn't know: its own part of the list, and that of every
 * project that the file or the lockfile names. Without one, that stays open.
 */
export async function lookUpHashes(
  { name, section, file }: NamedLockSection,
  scans: readonly PipelineScan[],
  knowledge: KnownIntegrations,
  options: ConnectOptions & InputOptions,
  io: Io,
  console: CommandConsole,
): Promise<
  Result<{ readonly knowledge: KnownIntegrations; readonly diagnostics: readonly Diagnostic[] }, CommandStop>
> {
  const target = name === undefined ? undefined : targetOfSection(name);
  const open = unverifiedHashes(scans, knowledge);
  if (target === undefined || !hasToken(io)) return success({ knowledge, diagnostics: [] });
  const problems = hostProblems(target, file, options, io);
  if (problems.length > 0) return commandStop(EXIT.invalid, problems);
  const client = await connectClient(target, { ...options, readOnly: true }, io, console);
  if (!client.ok) return client;
  const projects = projectsToList(section, knowledge.wanted);
  const [own, ...ofProjects] = await Promise.all([
    client.value.list(),
    ...projects.map((project) => client.value.list(project)),
  ]);
  if (!own.ok)
    return commandStop(exitCodeOfFailures([own.error]), [
      apiFailureDiagnostic("the list could not be read", own.error),
    ]);
  const unread = ofProjects.flatMap((answer, index) => {
    if (answer.ok) return [];
    const what = `the list of the project ${projects[index]} could not be read`;
    return [{ ...apiFailureDiagnostic(what, answer.error), code: "unreadable-project", severity: "warning" as const }];
  });
  const items = [own, ...ofProjects].flatMap((answer) => (answer.ok ? answer.value : []));
  const listed = [...new Map(items.map((item) => [item.hashId, item])).values()];
  const known = new Set(listed.map(({ hashId }) => hashId));
  const missing = open.filter((hashId) => !known.has(hashId));
  const answers = await Promise.all(missing.map(async (hashId) => [hashId, await client.value.get(hashId)] as const));
  const hashes = new Map<HashId, ListedIntegration | "gone">(
    answers.flatMap(([hashId, answer]) => (answer.ok ? [[hashId, answer.value ?? "gone"] as const] : [])),
  );
  return success({ knowledge: { ...knowledge, workspace: { listed, hashes } }, diagnostics: unread });
}

/** The lockfile may say which section is meant, but not where the token goes. */
function hostProblems({ api }: Target, file: Partial<Target>, flags: InputOptions, { env }: Io): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const chosen = chooseApi({ flags, file, env, placeOf: () => undefined, apiProblem }, diagnostics);
  const locked = lockedHostProblem(canonicalApi(api), canonicalApi(chosen.value));
  return diagnostics.length > 0 || locked === undefined ? diagnostics : [locked];
}

/** Projects whose integrations the file wants or the lockfile holds. */
function projectsToList(section: LockSection, wanted: KnownIntegrations["wanted"]): string[] {
  const locked = [...section.values()].flatMap(({ lastSent }) => lastSent.get("project_name") ?? []);
  const names = [...wanted.map(({ projectName }) => projectName), ...locked];
  return [...new Set(names.filter((name) => typeof name === "string"))].toSorted();
}

function targetOfSection(name: string): Target | undefined {
  const [, api, workspace] = /^(.+)\/workspaces\/([^/]+)$/.exec(name) ?? [];
  return api === undefined || workspace === undefined ? undefined : { api, workspace };
}

function matchesSection(
  name: string,
  asked: { readonly workspace?: string | undefined; readonly api?: string | undefined },
): boolean {
  const target = targetOfSection(name);
  return (
    target !== undefined &&
    (asked.workspace === undefined || asked.workspace === target.workspace) &&
    (asked.api === undefined || canonicalApi(asked.api) === target.api)
  );
}
