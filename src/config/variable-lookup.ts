import type { Result } from "../model/integration.ts";
import { variableFileRefusal, variableRefusal, type Environment, type VariableRefusal } from "./variable-rules.ts";

/** What a variable is. */
export type VariableResult =
  | { readonly kind: "set"; readonly value: string }
  | { readonly kind: "unset" }
  /** It must not be sent, so its value wasn't even read. */
  | { readonly kind: "refused"; readonly refusal: VariableRefusal }
  /** `NAME_FILE` names a file that can't be read. Which one isn't told: it may hold the value itself, by mistake. */
  | { readonly kind: "unreadable"; readonly problem: string };

export type VariableLookup = (name: string) => VariableResult;

type ReadFile = (path: string) => Promise<Result<Uint8Array, { readonly message: string }>>;

/**
 * A lookup for these names: the environment, else the secrets files (the last one wins), else the content of the file
 * that `NAME_FILE` names (in the environment only), without one newline at its end. An empty variable is set.
 */
export async function createVariableLookup(
  names: readonly string[],
  env: Environment,
  secretsFiles: readonly ReadonlyMap<string, string>[],
  readFile: ReadFile,
): Promise<VariableLookup> {
  const found = new Map<string, VariableResult>();
  for (const name of new Set(names)) {
    const refusal = variableRefusal(name, env);
    const value = environmentVariable(name, env) ?? secretsFiles.findLast((values) => values.has(name))?.get(name);
    if (refusal !== undefined) found.set(name, { kind: "refused", refusal });
    else if (value !== undefined) found.set(name, { kind: "set", value });
    else found.set(name, await lookUpFile(name, env, readFile));
  }
  return (name) => found.get(name) ?? { kind: "unset" };
}

function environmentVariable(name: string, env: Environment): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/** A secrets file can't name a file: what it may hold is values. */
async function lookUpFile(name: string, env: Environment, readFile: ReadFile): Promise<VariableResult> {
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
