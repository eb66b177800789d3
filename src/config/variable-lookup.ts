import type { Result } from "../model/integration.ts";

/** What a variable is. */
export type VariableResult =
  | { readonly kind: "set"; readonly value: string }
  | { readonly kind: "unset" }
  /** `NAME_FILE` names a file that can't be read. Which one isn't told: it may hold the value itself, by mistake. */
  | { readonly kind: "unreadable"; readonly problem: string };

export type VariableLookup = (name: string) => VariableResult;

type Variables = Readonly<Record<string, string | undefined>>;
type ReadFile = (path: string) => Promise<Result<Uint8Array, { readonly message: string }>>;

/**
 * A lookup for these names: the environment, else the secrets files (the last one wins), else the content of the file
 * that `NAME_FILE` names (in either), without one newline at its end. An empty variable is set.
 */
export async function createVariableLookup(
  names: readonly string[],
  env: Variables,
  secretsFiles: readonly ReadonlyMap<string, string>[],
  readFile: ReadFile,
): Promise<VariableLookup> {
  const variable = (name: string): string | undefined => {
    if (Object.hasOwn(env, name) && env[name] !== undefined) return env[name];
    return secretsFiles.findLast((values) => values.has(name))?.get(name);
  };
  const found = new Map<string, VariableResult>();
  for (const name of new Set(names)) {
    const value = variable(name);
    const file = variable(`${name}_FILE`);
    if (value !== undefined) found.set(name, { kind: "set", value });
    else if (file !== undefined && file !== "") found.set(name, await readVariableFile(file, readFile));
  }
  return (name) => found.get(name) ?? { kind: "unset" };
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
