import { matchesGlob } from "../model/glob.ts";
import { ciSystemOf, CREDENTIAL_FILES, isOwnVariable } from "../model/reserved-variables.ts";

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Lists the variables that a file may refer to, as globs. */
const LIST_VARIABLE = "BUDDY_INTEGRATIONS_VARIABLES";

/** Why a variable must not be sent anywhere. */
export interface VariableRefusal {
  readonly code:
    | "reserved-variable"
    | "ci-variable"
    | "unlisted-variable"
    | "credential-file"
    | "not-utf8"
    | "unresolved-placeholder";
  readonly message: string;
  readonly hint: string;
}

/**
 * Why a file may not refer to a variable; undefined if it may. Without this check, anybody who may edit the file
 * could send any variable of the CI job to an integration that they can read.
 * @param env the environment of the process, without secrets files, which this check limits too
 */
export function variableRefusal(name: string, env: Environment): VariableRefusal | undefined {
  if (isOwnVariable(name)) {
    const message = `$${name} belongs to this tool, and is never sent as a value`;
    return { code: "reserved-variable", message, hint: "refer to another variable" };
  }
  const listed = env[LIST_VARIABLE]?.split(/[\s,]+/).filter(Boolean);
  const system = ciSystemOf(name);
  if (system !== undefined && listed?.includes(name) !== true) {
    const message = `$${name} is a variable that ${system} sets for itself`;
    const hint = `use another variable; or, if this one is intended, list its full name: ${LIST_VARIABLE}='* ${name}' allows it and all others`;
    return { code: "ci-variable", message, hint };
  }
  if (listed === undefined || listed.some((glob) => matchesGlob(glob, name))) return undefined;
  const message = `$${name} is not among the variables that ${LIST_VARIABLE} lists`;
  return { code: "unlisted-variable", message, hint: "if the file may send it, add it there" };
}

/** The same for the file that `NAME_FILE` names. */
export function variableFileRefusal(name: string): VariableRefusal | undefined {
  const variable = `${name}_FILE`;
  if (!CREDENTIAL_FILES.includes(variable.toUpperCase())) return undefined;
  const message = `$${name} is not set, and ${variable} names a file with a credential of another tool`;
  return { code: "credential-file", message, hint: `set ${name} itself, or refer to a variable of another name` };
}
