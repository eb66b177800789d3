import { basename, dirname, join, resolve } from "node:path";
import { createExclusively, isThere, writeFileAtomic } from "../checkout/files.ts";
import { formatLockfile } from "../checkout/lockfile/write.ts";
import { runLockOf } from "../checkout/paths.ts";
import { takeRunLock } from "../checkout/run-lock.ts";
import { DEFAULT_API } from "../config/api-host.ts";
import { fileDefaults } from "../config/file-defaults.ts";
import { loadConfig } from "../config/load-config.ts";
import { KEY_VARIABLE, readFingerprintKey } from "../config/resolve-target.ts";
import { insertBlocks } from "../config/yaml/insert-blocks.ts";
import type { EndReason } from "../exit.ts";
import { exampleLines, secretsExample } from "../export/secrets-example.ts";
import { commonScope } from "../export/common-scope.ts";
import { errorDiagnostic, hasErrors, warningDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { matchesGlob } from "../model/glob.ts";
import type { Result } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import { withWorkspaceSection } from "../model/lockfile.ts";
import { quoteName } from "../model/printable.ts";
import { whyUnspeakable } from "../model/speakable-value.ts";
import { counted, shellWord } from "../model/text.ts";
import type { AccessNames } from "../render/desired-block.ts";
import { renderDesiredFile, renderNewBlocks } from "../render/exported-file.ts";
import { readAccessNames } from "./access-names.ts";
import { adoptedEntries } from "./adopted-entries.ts";
import { exportIntegration, keysFor, lookUpVariables, type ExportedIntegration } from "./export-blocks.ts";
import { readUnmanaged } from "./export-sources.ts";
import { PROJECTS_UNKNOWN } from "./list.ts";
import { KEY_ADVICE } from "./key-advice.ts";
import { readLookUpInputs, type LookUpInputs } from "./look-up.ts";
import { readInput } from "./read-input.ts";
import { schemaAddress } from "./schema-address.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stop, type CommandStop } from "./stop.ts";
import { runLockStop } from "./sync-apply.ts";

/** `file` is what is written. */
export interface ExportOptions extends WorkspaceOptions {
  /** Globs for keys. */
  readonly only: readonly string[];
  readonly type: string | undefined;
  readonly project: string | undefined;
  /** Add to the file, which must be there; else it must not. */
  readonly append: boolean;
  /** Write names of people, groups and pipelines instead of numbers. */
  readonly names: boolean;
  readonly credentials: "managed" | "unmanaged" | "if-known";
}

/** `export`: from a live workspace to a file and a lockfile that adopt everything in it, and change nothing. */
export async function exportWorkspace(session: Session<ExportOptions>): Promise<readonly EndReason[]> {
  const ended = await exportUnmanaged(session);
  return ended.ok ? ended.value : reportStop(session, ended.error);
}

/** What will be written, as text. */
interface ExportedFiles {
  readonly file: string;
  readonly lock: string;
  /** For a new `secrets.env.example`, and for one that is there. */
  readonly example: { readonly whole: string; readonly more: string } | undefined;
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
    const hint = "bring the file back, or move the lockfile away to begin anew";
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
      (options.type === undefined || live.type === options.type.toUpperCase()),
  );
  const { read, projects } = found.value;
  const missed = [...read.diagnostics, ...(read.hasAllProjects ? [] : [PROJECTS_UNKNOWN])];
  if (keyed.length === 0) return nothingFound(session, { reasons: read.reasons, diagnostics: missed });
  const { names, reader } = await readAccessNames(
    inputs.value.client,
    keyed.map(({ live }) => live),
    { style: options.names ? "names" : "numbers", projects },
  );
  const variables = await lookUpVariables(session, keyed, inputs.value.written?.references ?? []);
  if (hasErrors(variables.diagnostics)) return stop("invalid", ...variables.diagnostics);
  const composer = await createComposer(session, inputs.value);
  const { exported, left } = composer.speakable(
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
  for (const line of nextSteps(session, exported)) session.console.note(line);
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
  return stop(
    "invalid",
    errorDiagnostic("file-exists", `${options.file} is there already, and is never replaced`, hint),
  );
}

function nothingFound(
  session: Session<ExportOptions>,
  stopped: Pick<CommandStop, "reasons" | "diagnostics">,
): Result<readonly EndReason[], CommandStop> {
  const { options } = session;
  reportStop(session, stopped);
  if (options.only.length > 0 || options.type !== undefined || options.project !== undefined) {
    const message = "no unmanaged integration is meant by --only, --type and --project";
    return stop("invalid", errorDiagnostic("no-match", message, "`list --unmanaged` shows what there is"));
  }
  session.console.say("Every integration that the token sees has a key already; nothing was written.");
  return success(stopped.reasons);
}

interface Composer {
  readonly styleOf: (
    names: AccessNames,
    options: ExportOptions,
    keyed: Parameters<typeof commonScope>[0],
  ) => Parameters<typeof exportIntegration>[2];
  /** Undefined: the file has no place for them. */
  readonly compose: (exported: readonly ExportedIntegration[]) => string | undefined;
  /** Without those of which no valid block can be written, such as of a scope that was removed from Buddy. */
  readonly speakable: (exported: readonly ExportedIntegration[]) => {
    readonly exported: readonly ExportedIntegration[];
    readonly left: readonly Diagnostic[];
  };
}

async function createComposer({ io, options }: Session<ExportOptions>, inputs: LookUpInputs): Promise<Composer> {
  const bytes = options.append ? await readInput(io, options.file) : undefined;
  const before = bytes?.ok ? bytes.value : undefined;
  const base = before === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(before);
  const schema = await schemaAddress(resolve(io.cwd, options.file));
  let scope: string | undefined;
  const compose: Composer["compose"] = (exported) => {
    const blocks = exported.map(({ block }) => block);
    if (base !== undefined) return insertBlocks(base, renderNewBlocks(blocks));
    return renderDesiredFile({ schema, target: inputs.target, defaultApi: DEFAULT_API, scope }, blocks);
  };
  const problemOf = (exported: readonly ExportedIntegration[]): string | undefined => {
    const text = compose(exported);
    if (text === undefined) return undefined;
    const loaded = loadConfig(options.file, new TextEncoder().encode(text));
    return loaded.ok ? undefined : (loaded.diagnostics.find(({ severity }) => severity === "error")?.message ?? "");
  };
  return {
    compose,
    styleOf: (names, { credentials }, keyed) => {
      scope = before === undefined ? commonScope(keyed) : undefined;
      const defaults =
        before === undefined ? new Map(scope === undefined ? [] : [["scope", scope]]) : fileDefaults(before);
      return { names, credentials, defaults };
    },
    speakable: (exported) => {
      const named = exported.map((each) => [each, whyUnspeakable("name", each.live.name)] as const);
      const speakable = named.flatMap(([each, why]) => (why === undefined ? [each] : []));
      const isWhole = problemOf(speakable) === undefined;
      const judged = named.map(([each, why]) => {
        const problem = why === undefined ? (isWhole ? undefined : problemOf([each])) : `its name: ${why}`;
        return [each, problem] as const;
      });
      return {
        exported: judged.flatMap(([each, problem]) => (problem === undefined ? [each] : [])),
        left: judged.flatMap(([each, problem]) => (problem === undefined ? [] : [notExported(each, problem)])),
      };
    },
  };
}

function notExported({ live }: ExportedIntegration, problem: string): Diagnostic {
  const message = `${quoteName(live.name)} (${live.hashId}) was left out: a file can't say what it is (${problem})`;
  return warningDiagnostic(
    "not-exported",
    message,
    "it stays as it is in Buddy; change it there, then export again with --append",
  );
}

const EXAMPLE = "secrets.env.example";

/** The file first: without a lockfile the next apply adopts by identifier, which is safe. @returns the example's name */
async function writeExport(
  { io, options }: Session<ExportOptions>,
  { lock }: LookUpInputs,
  files: ExportedFiles,
): Promise<Result<string | undefined, CommandStop>> {
  const runLock = await takeRunLock(runLockOf(lock.path), io);
  if (!runLock.ok) return runLockStop(runLock.error, lock.name);
  try {
    const path = resolve(io.cwd, options.file);
    const file = options.append
      ? await writeFileAtomic(path, files.file)
      : await createExclusively(path, files.file, 0o644);
    if (!file.ok) return unwritable(options.file, file.error.message);
    const locked = await writeFileAtomic(lock.path, files.lock);
    if (!locked.ok) return unwritable(lock.name, locked.error.message);
  } finally {
    await runLock.value.release();
  }
  if (files.example === undefined) return success(undefined);
  const name = join(dirname(options.file), EXAMPLE);
  const path = resolve(io.cwd, name);
  if (!options.append) {
    const made = await createExclusively(path, files.example.whole, 0o644);
    if (made.ok) return success(name);
    return made.error.code === "EEXIST" ? success(undefined) : unwritable(name, made.error.message);
  }
  const before = await readInput(io, name);
  const text = before.ok ? `${new TextDecoder().decode(before.value)}${files.example.more}` : files.example.whole;
  const made = await writeFileAtomic(path, text);
  return made.ok ? success(name) : unwritable(name, made.error.message);
}

function unwritable(name: string, why: string): Result<never, CommandStop> {
  return stop("invalid", errorDiagnostic("unwritable", `${name} can't be written: ${why}`));
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
  const where = projects.length === 0 ? "" : `, with ${counted(projects.length, "project")}`;
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

function nextSteps({ io, options }: Session<ExportOptions>, exported: readonly ExportedIntegration[]): string[] {
  const file =
    basename(options.file) === "integrations.yaml" && options.file === "integrations.yaml"
      ? ""
      : ` --file ${shellWord(options.file)}`;
  const secrets = options.secretsFiles.map((name) => ` --secrets-file ${shellWord(name)}`).join("");
  const needsAssurance = exported.some(({ hasManagedCredentials }) => hasManagedCredentials);
  const hasKey = io.env[KEY_VARIABLE] !== undefined;
  return [
    ...(hasKey || !needsAssurance ? [] : [KEY_ADVICE]),
    needsAssurance
      ? `Next: buddy-integrations apply --assume-sent${file}${secrets} records that these values are the live ones; it sends nothing`
      : `Next: buddy-integrations plan${file}${secrets}`,
  ];
}
