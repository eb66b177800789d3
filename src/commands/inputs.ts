import { isAbsolute, resolve } from "node:path";
import { apiProblem } from "../model/address.ts";
import { decodeJournal, type JournalRecord } from "../apply/journal.ts";
import { decodeText } from "../config/yaml/decode-text.ts";
import { loadConfig, makeLookup, resolveConfig, type Written } from "../config/load-config.ts";
import { parseSecretsFile } from "../config/secrets-file.ts";
import { asIsProblems } from "../config/variable-lookup.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { hasErrors } from "../model/diagnostic.ts";
import { EXIT } from "../exit.ts";
import { followLinks, readBytes } from "../checkout/files.ts";
import type { Io } from "../io.ts";
import { parseLockfile } from "../checkout/lockfile/read.ts";
import {
  EMPTY_LOCKFILE,
  workspaceSectionName,
  workspaceSection,
  type Lockfile,
  type LockSection,
} from "../model/lockfile.ts";
import type { IntegrationWithSecrets, Result, Target } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import { Secret, type FingerprintKey } from "../model/secret.ts";
import { KEY_VARIABLE, readFingerprintKey, resolveTarget } from "../config/resolve-target.ts";
import { secretsOfIntegrations, registerMasks } from "./masks.ts";
import { errorDiagnostic, commandStop, type CommandStop } from "./command-stop.ts";

/** Where a command finds its files and its workspace. */
export interface InputOptions {
  readonly file: string;
  readonly lockfile?: string;
  readonly workspace?: string;
  readonly api?: string;
  readonly secretsFiles: readonly string[];
  /** Variables whose values look like placeholders and are meant. */
  readonly asIs: readonly string[];
}

/** Everything that is read before the API is asked. */
export interface CommandInputs {
  readonly written: Written;
  readonly integrations: readonly IntegrationWithSecrets[];
  readonly target: Target;
  readonly lock: LockfileInput;
  readonly key?: FingerprintKey;
  /** Problems that don't stop the run. */
  readonly warnings: readonly Diagnostic[];
}

export interface LockfileInput {
  /** As the user knows it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly lock: Lockfile;
  /** The text as it was read; undefined when there is no lockfile yet. */
  readonly text?: string;
}

/** Reads and checks the file, the references' values, the settings and the lockfile; reports all that is wrong. */
export async function readCommandInputs(options: InputOptions, io: Io): Promise<Result<CommandInputs, CommandStop>> {
  const bytes = await readBytes(resolve(io.cwd, options.file));
  if (!bytes.ok) {
    const hint =
      bytes.error.code === "ENOENT" ? "name it with --file, or start from integrations.example.yaml" : undefined;
    return commandStop(EXIT.invalid, [
      errorDiagnostic("missing-file", `${options.file} can't be read: ${bytes.error.message}`, hint),
    ]);
  }
  const { written, diagnostics: found } = loadConfig(options.file, bytes.value);
  const target = resolveTarget({
    flags: options,
    file: written?.target ?? {},
    env: io.env,
    placeOf: (field) => written?.placeOf(undefined, [field]),
    apiProblem,
  });
  const key = readFingerprintKey(io.env);
  const references = written?.references ?? [];
  const secrets = await readSecretsFiles(options.secretsFiles, new Set(references), io);
  const lookup = await makeLookup(references, {
    env: io.env,
    secretsFiles: secrets.values,
    readFile: (path) => readBytes(resolve(io.cwd, path)),
    asIs: new Set(options.asIs),
  });
  const resolved = written === undefined ? undefined : resolveConfig(written, lookup);
  const lock = await loadLockfile(options, target.target, io);
  const diagnostics = [
    ...(target.target && lock.input ? unsettled(found, workspaceSection(lock.input.lock, target.target)) : found),
    ...(written === undefined ? [] : target.diagnostics),
    ...key.diagnostics,
    ...secrets.diagnostics,
    ...(written === undefined ? [] : asIsProblems(options.asIs, references)),
    ...(resolved?.diagnostics ?? []),
    ...lock.diagnostics,
  ];
  const integrations = resolved?.declared?.integrations;
  registerMasks([...secretsOfIntegrations(integrations ?? []), new Secret(KEY_VARIABLE, io.env[KEY_VARIABLE])], io);
  if (hasErrors(diagnostics) || written === undefined || integrations === undefined)
    return commandStop(EXIT.invalid, diagnostics);
  if (target.target === undefined || lock.input === undefined) return commandStop(EXIT.invalid, diagnostics);
  return success({
    written,
    integrations,
    target: target.target,
    lock: lock.input,
    ...(key.key === undefined ? {} : { key: key.key }),
    warnings: diagnostics,
  });
}

/** `integrations.lock.yaml` beside `integrations.yaml`. */
export function lockfileName({ file, lockfile }: Pick<InputOptions, "file" | "lockfile">): string {
  return lockfile ?? `${file.replace(/\.ya?ml$/i, "")}.lock.yaml`;
}

/** Reads the lockfile alone; without a target its workspace isn't checked. */
export async function loadLockfile(
  options: InputOptions,
  target: Target | undefined,
  io: Io,
): Promise<{ readonly input?: LockfileInput; readonly diagnostics: readonly Diagnostic[] }> {
  const name = lockfileName(options);
  // Where links lead: two checkouts that share a lockfile share its journal and its lock too.
  const path = await followLinks(isAbsolute(name) ? name : resolve(io.cwd, name));
  const bytes = await readBytes(path, LARGEST_LOCKFILE);
  if (!bytes.ok) {
    if (bytes.error.code === "ENOENT") return { input: { name, path, lock: EMPTY_LOCKFILE }, diagnostics: [] };
    return { diagnostics: [errorDiagnostic("unreadable-lock", `${name} can't be read: ${bytes.error.message}`)] };
  }
  const text = decodeText(bytes.value, LARGEST_LOCKFILE);
  if (!text.ok)
    return { diagnostics: [errorDiagnostic("lock-damaged", `${name}: ${text.error.message}`, text.error.hint)] };
  const { lock, diagnostics } = parseLockfile(name, text.value);
  if (lock === undefined) return { diagnostics };
  const elsewhere = target === undefined ? undefined : sameWorkspaceElsewhere(lock, target);
  if (elsewhere !== undefined && options.api === undefined) {
    const message = `${name} holds this workspace at ${elsewhere}, and this run is for ${workspaceSectionName(target ?? UNKNOWN_TARGET)}`;
    const hint = "if another host is meant, say so with --api; then it gets a section of its own";
    return { diagnostics: [errorDiagnostic("lock-other-host", message, hint)] };
  }
  return { input: { name, path, lock, text: text.value }, diagnostics: [] };
}

/** Without the warnings that end when what they are about is locked. */
function unsettled(diagnostics: readonly Diagnostic[], section: LockSection): readonly Diagnostic[] {
  if (diagnostics.every(({ until }) => until === undefined)) return diagnostics;
  const types = new Set([...section.values()].map(({ type }) => type));
  return diagnostics.filter(({ until }) => {
    if (until === undefined) return true;
    return "type" in until ? !types.has(until.type) : !until.keys.some((key) => section.has(key));
  });
}

/** The lockfile of 10,000 integrations has some 8 MiB. */
const LARGEST_LOCKFILE = 64 * 1024 * 1024;
const UNKNOWN_TARGET: Target = { api: "", workspace: "" };

/** The records of an interrupted run; of a damaged journal none, and where the damage is. */
export async function readJournal(
  path: string,
): Promise<Result<readonly JournalRecord[], { readonly line: number } | { readonly message: string }>> {
  const bytes = await readBytes(path, LARGEST_LOCKFILE);
  if (bytes.ok) return decodeJournal(new TextDecoder().decode(bytes.value));
  return bytes.error.code === "ENOENT" ? success([]) : { ok: false, error: { message: bytes.error.message } };
}

export function journalPath(lock: Pick<LockfileInput, "path">): string {
  return `${lock.path}.journal`;
}

/** A section of this workspace's name on another host, where the lockfile has none for this one. */
function sameWorkspaceElsewhere(lock: Lockfile, target: Target): string | undefined {
  if (lock.sections.has(workspaceSectionName(target))) return undefined;
  return [...lock.sections.keys()].find((name) => name.endsWith(`/workspaces/${target.workspace}`));
}

async function readSecretsFiles(
  files: readonly string[],
  names: ReadonlySet<string>,
  io: Io,
): Promise<{ readonly values: readonly ReadonlyMap<string, string>[]; readonly diagnostics: readonly Diagnostic[] }> {
  const values: ReadonlyMap<string, string>[] = [];
  let diagnostics: readonly Diagnostic[] = [];
  for (const file of files) {
    const bytes = await readBytes(resolve(io.cwd, file));
    const text = bytes.ok ? decodeText(bytes.value) : undefined;
    if (text?.ok) {
      const parsed = parseSecretsFile(file, text.value, names);
      values.push(parsed.values);
      diagnostics = [...diagnostics, ...parsed.diagnostics];
    } else {
      const found = bytes.ok
        ? errorDiagnostic("unreadable-file", `${file} (--secrets-file) isn't UTF-8 text`)
        : errorDiagnostic("missing-file", `${file} (--secrets-file) can't be read: ${bytes.error.message}`);
      diagnostics = [...diagnostics, found];
    }
  }
  return { values, diagnostics };
}
