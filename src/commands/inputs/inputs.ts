import { loadConfig, createVariableLookup, resolveConfig, type ParsedConfig } from "../../config/load-config.ts";
import { KEY_VARIABLE, readFingerprintKey } from "../../config/fingerprint-key.ts";
import { resolveTarget } from "../../config/resolve-target.ts";
import { parseSecretsFile } from "../../config/secrets-file.ts";
import { decodeText } from "../../config/yaml/decode-text.ts";
import { asIsProblems } from "../../config/variable-lookup.ts";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../../model/diagnostic.ts";
import type { IntegrationWithSecrets, Result, Target } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import { workspaceSection, type LockSection } from "../../model/lockfile.ts";
import { Secret, type FingerprintKey } from "../../model/secret.ts";
import { commandText, type TargetOptions } from "../command-text.ts";
import { loadLockfile, type LockfileInput } from "./load-lockfile.ts";
import { registerMasks, secretsOfIntegrations } from "./masks.ts";
import { readInput } from "./read-input.ts";
import type { Session } from "../session.ts";
import type { CommandStop } from "../stop.ts";

/** Everything that is read before the API is asked. */
export interface CommandInputs {
  /** The options that named the file and the workspace: commands in messages repeat them. */
  readonly given: TargetOptions;
  readonly written: ParsedConfig;
  readonly integrations: readonly IntegrationWithSecrets[];
  readonly target: Target;
  readonly lock: LockfileInput;
  readonly key: FingerprintKey | undefined;
  /** Problems that don't stop the run. */
  readonly warnings: readonly Diagnostic[];
}

/** Why there are no inputs. */
export interface InputsStop extends CommandStop {
  /** The variables that the file refers to, as far as its text shows. */
  readonly references: readonly string[];
}

/** Reads and checks the file, the values of references, the settings and the lockfile. Reports all problems at once. */
export async function readCommandInputs(
  session: Session,
  run: "one file" | "several files" = "one file",
): Promise<Result<CommandInputs, InputsStop>> {
  const { io, options } = session;
  const bytes = await readInput(io, options.file);
  if (!bytes.ok) {
    const hints: Readonly<Record<string, string>> = {
      ENOENT: `name it with --file; \`${commandText("init", options)}\` makes a first one`,
      EISDIR: "name a file, or a pattern such as --file 'teams/*.yaml'",
    };
    const hint = hints[bytes.error.code];
    const message = `${options.file} can't be read: ${bytes.error.message}`;
    return inputsStop([errorDiagnostic("missing-file", message, hint)], []);
  }
  const loaded = loadConfig(options.file, bytes.value);
  const written = loaded.ok ? loaded.value : undefined;
  const target = resolveTarget({
    flags: options,
    file: written?.target ?? {},
    workspaceFlag: run === "one file" ? "decides" : "checks",
    env: io.env,
    placeOf: (field) => written?.placeOf(undefined, [field]),
  });
  const keyText = io.env[KEY_VARIABLE];
  const key = keyText === undefined ? success(undefined) : readFingerprintKey(keyText);
  const references = written?.references ?? [];
  const secrets = await readSecretsFiles(session, new Set(references));
  const lookup = await createVariableLookup(references, {
    env: io.env,
    secretsFiles: secrets.values,
    readFile: (path) => readInput(io, path),
    asIs: new Set(options.asIs),
  });
  const resolved = written === undefined ? undefined : resolveConfig(written, lookup);
  const lock = await loadLockfile(session, target.ok ? target.value : undefined);
  const diagnostics = [
    ...(target.ok && lock.ok
      ? withoutSettledWarnings(loaded.diagnostics, workspaceSection(lock.value.lock, target.value))
      : loaded.diagnostics),
    ...(written === undefined || target.ok ? [] : target.error),
    ...(key.ok ? [] : key.error),
    ...secrets.diagnostics,
    ...(written === undefined ? [] : asIsProblems(options.asIs, references)),
    ...(resolved?.diagnostics ?? []),
    ...(lock.ok ? [] : lock.error),
  ];
  const integrations = resolved?.ok ? resolved.value.integrations : undefined;
  registerMasks(session, [...secretsOfIntegrations(integrations ?? []), new Secret(KEY_VARIABLE, keyText)]);
  const isComplete = written !== undefined && integrations !== undefined && target.ok && key.ok && lock.ok;
  if (hasErrors(diagnostics) || !isComplete) {
    return inputsStop(diagnostics, written?.references ?? namesInText(new TextDecoder().decode(bytes.value)));
  }
  return success({
    given: options,
    written,
    integrations,
    target: target.value,
    lock: lock.value,
    key: key.value,
    warnings: diagnostics,
  });
}

function inputsStop(diagnostics: readonly Diagnostic[], references: readonly string[]): Result<never, InputsStop> {
  return failure({ reasons: ["invalid"], diagnostics, plan: undefined, references });
}

/** Names that could be references, in a text that isn't valid. */
function namesInText(text: string): string[] {
  return [...new Set([...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].flatMap(([, name]) => name ?? []))];
}

/** Leaves out the warnings that end when their key or type is in the lockfile. */
function withoutSettledWarnings(diagnostics: readonly Diagnostic[], section: LockSection): readonly Diagnostic[] {
  if (diagnostics.every(({ until }) => until === undefined)) return diagnostics;
  const types = new Set([...section.values()].map(({ type }) => type));
  return diagnostics.filter(({ until }) => {
    if (until === undefined) return true;
    return "type" in until ? !types.has(until.type) : !until.keys.some((key) => section.has(key));
  });
}

/** Reads the dotenv files of `--secrets-file`. @param names the variables that are needed */
export async function readSecretsFiles(
  { io, options }: Session,
  names: ReadonlySet<string>,
): Promise<{
  readonly values: readonly ReadonlyMap<string, string>[];
  readonly diagnostics: readonly Diagnostic[];
}> {
  const values: ReadonlyMap<string, string>[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of options.secretsFiles) {
    const bytes = await readInput(io, file);
    const text = bytes.ok ? decodeText(bytes.value) : undefined;
    if (text?.ok) {
      const parsed = parseSecretsFile(file, text.value, names);
      values.push(parsed.values);
      diagnostics.push(...parsed.diagnostics);
    } else {
      diagnostics.push(
        bytes.ok
          ? errorDiagnostic("unreadable-file", `${file} (--secrets-file) isn't UTF-8 text`)
          : errorDiagnostic("missing-file", `${file} (--secrets-file) can't be read: ${bytes.error.message}`),
      );
    }
  }
  return { values, diagnostics };
}
