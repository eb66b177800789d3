import { resolve } from "node:path";
import { isThere } from "../checkout/files.ts";
import { formatLockfile } from "../checkout/lockfile/write.ts";
import { KEY_ADVICE, KEY_VARIABLE, readFingerprintKey } from "../config/fingerprint-key.ts";
import type { EndReason } from "../exit.ts";
import { exampleLines, secretsExample } from "../export/secrets-example.ts";
import { errorDiagnostic, hasErrors } from "../model/diagnostic.ts";
import { matchesGlob } from "../model/glob.ts";
import type { Result } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import { withWorkspaceSection } from "../model/lockfile.ts";
import { counted, shellWord } from "../model/text.ts";
import { readAccessNames } from "./export/access-names.ts";
import { adoptedEntries } from "./export/adopted-entries.ts";
import { commandText } from "./command-text.ts";
import { exportIntegration, keysFor, lookUpVariables, type ExportedIntegration } from "./export/export-blocks.ts";
import { createComposer } from "./export/export-composer.ts";
import { readUnmanaged } from "./export/export-sources.ts";
import type { ExportOptions } from "./export/export-options.ts";
import { writeExport } from "./export/export-writer.ts";
import { PROJECTS_UNKNOWN } from "./list.ts";
import { readLookUpInputs, type LookUpInputs } from "./inputs/look-up-inputs.ts";
import type { Session } from "./session.ts";
import { reportStop, stop, type CommandStop } from "./stop.ts";
import { isAskedType, unknownTypeProblem } from "./inputs/type-filter.ts";

/** `export`: writes a file and a lockfile that adopt everything in the workspace and change nothing. */
export async function exportWorkspace(session: Session<ExportOptions>): Promise<readonly EndReason[]> {
  const ended = await exportUnmanaged(session);
  return ended.ok ? ended.value : reportStop(session, ended.error);
}

async function exportUnmanaged(session: Session<ExportOptions>): Promise<Result<readonly EndReason[], CommandStop>> {
  const { options, io } = session;
  const allowed = await checkFileIsFree(session);
  if (!allowed.ok) return allowed;
  const inputs = await readLookUpInputs(session, "optional");
  if (!inputs.ok) return inputs;
  const { lock, section } = inputs.value;
  if (!options.append && section.size > 0) {
    const message = `${lock.name} has ${counted(section.size, "integration")} of this workspace already, and ${options.file} isn't there`;
    const hint = "restore the file, or move the lockfile away to start over";
    return stop("invalid", errorDiagnostic("file-exists", message, hint));
  }
  const keyText = io.env[KEY_VARIABLE];
  const key = keyText === undefined ? success(undefined) : readFingerprintKey(keyText);
  if (!key.ok) return stop("invalid", ...key.error);
  const found = await readUnmanaged(inputs.value, options.project);
  if (!found.ok) return found;
  const keyed = keysFor(found.value.lives, inputs.value).filter(
    ({ key: name, live }) =>
      (options.only.length === 0 || options.only.some((glob) => matchesGlob(glob, name))) &&
      isAskedType(live.type, options.type),
  );
  const { read, projects } = found.value;
  const missed = [...read.diagnostics, ...(read.hasAllProjects ? [] : [PROJECTS_UNKNOWN])];
  // Locked ones are not among those that can be exported, but their type is known.
  const types = [...found.value.lives, ...section.values()].map(({ type }) => type);
  const unknown = unknownTypeProblem(options.type, types);
  if (unknown !== undefined) return stop("invalid", ...missed, unknown);
  if (keyed.length === 0) return nothingFound(session, { reasons: read.reasons, diagnostics: missed });
  const { names, reader } = await readAccessNames(
    inputs.value.client,
    keyed.map(({ live }) => live),
    { style: options.names ? "names" : "numbers", projects },
  );
  const variables = await lookUpVariables(session, keyed, inputs.value.written?.references ?? []);
  if (hasErrors(variables.diagnostics)) return stop("invalid", ...variables.diagnostics);
  const composer = await createComposer(session, inputs.value);
  const { exported, left } = composer.expressible(
    keyed.map((each) => exportIntegration(each, variables, composer.styleOf(names, options, keyed))),
  );
  if (exported.length === 0) {
    return nothingFound(session, { reasons: read.reasons, diagnostics: [...left, ...missed] });
  }
  const text = composer.compose(exported);
  if (text === undefined) {
    const hint = "write `integrations:` as a map, with a line for each key";
    return stop("invalid", errorDiagnostic("no-place", `${options.file} has no place for more integrations`, hint));
  }
  const entries = await adoptedEntries({
    file: options.file,
    text,
    lives: new Map(exported.map(({ key: name, live }) => [name, live])),
    lookup: variables.lookup,
    reader,
    key: key.value,
  });
  if (!entries.ok) return stop("invalid", ...entries.error);
  const all = new Map([...section, ...entries.value].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const wanted = exported.flatMap((each) => each.variables);
  const written = await writeExport(session, inputs.value, {
    file: text,
    lock: formatLockfile(withWorkspaceSection(lock.lock, inputs.value.target, all)),
    example: wanted.length === 0 ? undefined : { whole: secretsExample(wanted), more: exampleLines(wanted) },
  });
  if (!written.ok) return written;
  io.stdout.write(exportSummary(session, inputs.value, { exported, projects, example: written.value }));
  reportStop(session, { reasons: [], diagnostics: [...left, ...variables.diagnostics, ...missed] });
  for (const line of nextStepsAfterExport(session, exported)) session.console.note(line);
  return success(read.reasons);
}

async function checkFileIsFree({ io, options }: Session<ExportOptions>): Promise<Result<void, CommandStop>> {
  const is = await isThere(resolve(io.cwd, options.file));
  if (is === options.append) return success(undefined);
  if (options.append) {
    return stop(
      "invalid",
      errorDiagnostic("missing-file", `${options.file} isn't there`, "leave --append out to write a new file"),
    );
  }
  const hint = "--append adds what it doesn't have, and --out names another file";
  return stop("invalid", errorDiagnostic("file-exists", `${options.file} exists already, and is never replaced`, hint));
}

function nothingFound(
  session: Session<ExportOptions>,
  stopped: Pick<CommandStop, "reasons" | "diagnostics">,
): Result<readonly EndReason[], CommandStop> {
  const { options } = session;
  reportStop(session, stopped);
  if (options.only.length > 0 || options.type !== undefined || options.project !== undefined) {
    const message = "no unmanaged integration matches --only, --type and --project";
    return stop("invalid", errorDiagnostic("no-match", message, "`list --unmanaged` shows what there is"));
  }
  session.console.say("Every integration that the token sees has a key already; nothing was written.");
  return success(stopped.reasons);
}

function exportSummary(
  { options }: Session<ExportOptions>,
  { lock, target }: LookUpInputs,
  {
    exported,
    projects,
    example,
  }: {
    readonly exported: readonly ExportedIntegration[];
    readonly projects: readonly string[];
    readonly example: string | undefined;
  },
): string {
  const managed = exported.filter(({ hasManagedCredentials }) => hasManagedCredentials);
  const where = projects.length === 0 ? "" : ` (${counted(projects.length, "project")} read)`;
  const variables = exported.flatMap((each) => each.variables).length;
  return [
    `${options.file}: ${counted(exported.length, "integration")} of ${target.workspace}${where}`,
    `${lock.name}: their hashes`,
    ...(example === undefined ? [] : [`${example}: ${counted(variables, "variable")}`]),
    managed.length === 0
      ? "Credentials stay as they are in Buddy (unmanaged)."
      : `Credentials of ${counted(managed.length, "integration")} are managed, those of the others stay as they are in Buddy.`,
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function nextStepsAfterExport(
  { io, options }: Session<ExportOptions>,
  exported: readonly ExportedIntegration[],
): string[] {
  const secrets = options.secretsFiles.map((name) => ` --secrets-file ${shellWord(name)}`).join("");
  const needsAssurance = exported.some(({ hasManagedCredentials }) => hasManagedCredentials);
  const hasKey = io.env[KEY_VARIABLE] !== undefined;
  return [
    ...(hasKey || !needsAssurance ? [] : [KEY_ADVICE]),
    needsAssurance
      ? `Next: \`${commandText("apply --assume-sent", options)}${secrets}\` records that these values are the live ones; it sends nothing.`
      : `Next: commit them. \`${commandText("plan", options)}${secrets}\` has nothing to do yet.`,
  ];
}
