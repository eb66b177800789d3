import type { Diagnostic } from "../model/diagnostic.ts";
import type { Result } from "../model/integration.ts";
import { visibleText } from "../model/printable.ts";
import { nearestWord } from "../model/text.ts";
import { placeholderIn } from "./placeholders.ts";
import { variableFileRefusal, variableRefusal, type Environment, type VariableRefusal } from "./variable-rules.ts";

/** The result of a variable's lookup. */
export type VariableResult =
  | { readonly kind: "set"; readonly value: string }
  | { readonly kind: "unset" }
  /** Its value must not be sent. */
  | { readonly kind: "refused"; readonly refusal: VariableRefusal }
  /** `NAME_FILE` names a file that can't be read. The file's name isn't shown: NAME_FILE may hold the value itself, by mistake. */
  | { readonly kind: "unreadable"; readonly problem: string };

export type VariableLookup = (name: string) => VariableResult;

type ReadFile = (path: string) => Promise<Result<Uint8Array, { readonly message: string }>>;

export interface VariableSources {
  /** The environment of the process. */
  readonly env: Environment;
  /** The last one wins. */
  readonly secretsFiles: readonly ReadonlyMap<string, string>[];
  readonly readFile: ReadFile;
  /** `--as-is`: variables whose value is sent although it looks like a placeholder. */
  readonly asIs: ReadonlySet<string>;
}

/**
 * A lookup for these names: the environment, else the secrets files, else the content of the file that `NAME_FILE` names
 * (in the environment only), without one newline at its end. An empty variable is set.
 */
export async function createVariableLookup(
  names: readonly string[],
  sources: VariableSources,
): Promise<VariableLookup> {
  const found = new Map<string, VariableResult>();
  for (const name of new Set(names)) {
    const result = await lookUpVariable(name, sources);
    found.set(name, result.kind === "set" ? checkedValue(name, result.value, sources) : result);
  }
  return (name) => found.get(name) ?? { kind: "unset" };
}

async function lookUpVariable(name: string, sources: VariableSources): Promise<VariableResult> {
  const { env, secretsFiles } = sources;
  const refusal = variableRefusal(name, env);
  if (refusal !== undefined) return { kind: "refused", refusal };
  const inEnvironment = environmentVariable(name, env);
  if (inEnvironment !== undefined) {
    const broken = brokenTextRefusal(name, inEnvironment);
    return broken === undefined ? { kind: "set", value: inEnvironment } : { kind: "refused", refusal: broken };
  }
  const value = secretsFiles.findLast((values) => values.has(name))?.get(name);
  return value === undefined ? lookUpFile(name, sources) : { kind: "set", value };
}

/** Node.js replaces bytes of the environment that aren't UTF-8 by U+FFFD. On Windows, unpaired surrogates remain. */
function brokenTextRefusal(name: string, value: string): VariableRefusal | undefined {
  if (!/\uFFFD|\p{Surrogate}/u.test(value)) return undefined;
  const hint = `set it as UTF-8, or put it into a file that ${name}_FILE names`;
  return { code: "not-utf8", message: `$${name} is not UTF-8 text`, hint };
}

function checkedValue(name: string, value: string, { asIs }: VariableSources): VariableResult {
  const placeholder = asIs.has(name) ? undefined : placeholderIn(value);
  if (placeholder === undefined) return { kind: "set", value };
  const message = `$${name} holds a placeholder (${placeholder.form}), not a value`;
  const hint = `${placeholder.tool} should have resolved it; --as-is ${name} sends it as it is`;
  return { kind: "refused", refusal: { code: "unresolved-placeholder", message, hint } };
}

function environmentVariable(name: string, env: Environment): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/** A secrets file can't name other files: it may only hold values. */
async function lookUpFile(name: string, { env, readFile }: VariableSources): Promise<VariableResult> {
  const file = environmentVariable(`${name}_FILE`, env);
  if (file === undefined || file === "") return { kind: "unset" };
  const refusal = variableFileRefusal(name);
  return refusal === undefined ? readVariableFile(file, readFile) : { kind: "refused", refusal };
}

async function readVariableFile(file: string, readFile: ReadFile): Promise<VariableResult> {
  const content = await readFile(file);
  if (!content.ok) return { kind: "unreadable", problem: content.error.message };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content.value);
    return { kind: "set", value: text.replace(/\r?\n$/, "") };
  } catch {
    return { kind: "unreadable", problem: "it is not UTF-8" };
  }
}

/** `--as-is` with a name that the file doesn't refer to would silently do nothing. */
export function asIsProblems(asIs: readonly string[], references: readonly string[]): Diagnostic[] {
  return asIs
    .filter((name) => !references.includes(name))
    .map((name): Diagnostic => {
      const message = `--as-is ${visibleText(name)}: the file doesn't refer to this variable`;
      const near = nearestWord(name, references);
      const hint = near === undefined ? "it takes a name without `$`" : `did you mean ${near}?`;
      return { code: "no-match", severity: "error", message, hint };
    });
}
