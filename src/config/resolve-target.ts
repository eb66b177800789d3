import { canonicalApi, parseApi } from "../model/address.ts";
import { errorDiagnostic, type Diagnostic, type Place } from "../model/diagnostic.ts";
import { failure, success, type Result, type Target } from "../model/integration.ts";
import { API_VARIABLES, DEFAULT_API } from "./api-host.ts";
import type { Environment } from "./variable-rules.ts";

const HANDLE_PATTERN = /^[a-z0-9][a-z0-9_-]{2,98}[a-z0-9]$/;

export interface TargetInput {
  readonly flags: { readonly api?: string | undefined; readonly workspace?: string | undefined };
  /**
   * `checks`: with several files, the flag must not send one of them to another workspace than the file itself names.
   */
  readonly workspaceFlag?: "decides" | "checks";
  /** The settings of the file. */
  readonly file: { readonly api?: string; readonly workspace?: string };
  readonly env: Environment;
  /** The place of the setting in the file. */
  readonly placeOf: (field: "api" | "workspace") => Place | undefined;
}

/**
 * Chooses the workspace and the host: from the flag, else the file, else `BUDDY_WORKSPACE` and `BUDDY_BASE_URL`, else
 * `BUDDY_WORKSPACE_DOMAIN` and `BUDDY_API_ENDPOINT`. Without a flag, the file and `BUDDY_WORKSPACE` must agree, and
 * so must the file, `BUDDY_BASE_URL` and `BUDDY_API_ENDPOINT`. `api-host.ts` decides whether the token may be sent
 * there.
 */
export function resolveTarget(input: TargetInput): Result<Target, readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const api = chooseApi(input, diagnostics);
  const workspace = chooseWorkspace(input, diagnostics);
  const parsed = parseApi(api.value);
  if (!parsed.ok) {
    const hint = "such as https://api.buddy.works, https://api.eu.buddy.works or https://HOST/api";
    diagnostics.push(
      errorDiagnostic("wrong-api", `the API's base URL (${api.from}) can't be used: ${parsed.error}`, hint),
    );
  }
  if (workspace === undefined) {
    const hint = "name it with --workspace, with `workspace:` in the file, or with BUDDY_WORKSPACE";
    diagnostics.push(errorDiagnostic("no-workspace", "no workspace is named", hint));
  } else if (!HANDLE_PATTERN.test(workspace.value)) {
    const message = `the workspace (${workspace.from}) isn't a workspace's handle: 4 to 100 of a-z, 0-9, _ and -`;
    diagnostics.push(
      errorDiagnostic("wrong-workspace", message, "it is in the address of the web page: app.buddy.works/HANDLE"),
    );
  }
  if (diagnostics.length > 0 || workspace === undefined || !parsed.ok) return failure(diagnostics);
  return success({ api: parsed.value, workspace: workspace.value });
}

interface ChosenSetting {
  readonly value: string;
  /** `--api`, `the file`, or the name of the variable. */
  readonly from: string;
}

/** The host that the settings name. Adds diagnostics if they name several. */
export function chooseApi(
  input: Omit<TargetInput, "flags" | "file"> & {
    readonly flags: Pick<TargetInput["flags"], "api">;
    readonly file: Pick<TargetInput["file"], "api">;
  },
  diagnostics: Diagnostic[],
): ChosenSetting {
  const { flags, file, env, placeOf } = input;
  if (flags.api !== undefined) return { value: flags.api, from: "--api" };
  const variables = API_VARIABLES.flatMap((name) => settingOf(env, name) ?? []);
  const named = [...(file.api === undefined ? [] : [{ value: file.api, from: FILE }]), ...variables];
  const [first, ...others] = named;
  if (first === undefined) return { value: DEFAULT_API, from: "default" };
  // Show a URL only if it is a usable one, since any other may hold a password.
  const shown = ({ value }: ChosenSetting): string => (parseApi(value).ok ? value : "something else");
  for (const other of others) {
    if (canonicalApi(other.value) === canonicalApi(first.value)) continue;
    const message = `${first.from} says api ${shown(first)}, and ${other.from} says ${shown(other)}`;
    diagnostics.push(disagreement("api", message, first.from === FILE ? placeOf("api") : undefined));
  }
  return first;
}

function chooseWorkspace(
  { flags, file, env, placeOf, workspaceFlag }: TargetInput,
  diagnostics: Diagnostic[],
): ChosenSetting | undefined {
  const isOther = file.workspace !== undefined && flags.workspace !== undefined && file.workspace !== flags.workspace;
  if (workspaceFlag === "checks" && isOther) {
    const message = `the file says workspace ${file.workspace}, and --workspace says ${flags.workspace}`;
    const place = placeOf("workspace");
    const hint = "with several files, --workspace only checks them: leave it out, or leave this file out";
    diagnostics.push({
      ...errorDiagnostic("target-disagrees", message, hint),
      ...(place === undefined ? {} : { place }),
    });
  }
  if (flags.workspace !== undefined) return { value: flags.workspace, from: "--workspace" };
  const variable = settingOf(env, "BUDDY_WORKSPACE");
  const written = file.workspace;
  if (written === undefined) return variable ?? settingOf(env, "BUDDY_WORKSPACE_DOMAIN");
  if (variable !== undefined && variable.value !== written) {
    const message = `the file says workspace ${written}, and ${variable.from} says ${variable.value}`;
    diagnostics.push(disagreement("workspace", message, placeOf("workspace")));
  }
  return { value: written, from: FILE };
}

const FILE = "the file";

/** An empty variable counts as unset. */
function settingOf(env: Environment, name: string): ChosenSetting | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : { value, from: name };
}

function disagreement(field: "api" | "workspace", message: string, place: Place | undefined): Diagnostic {
  const hint = `say which with --${field}, or make the two agree`;
  return { ...errorDiagnostic("target-disagrees", message, hint), ...(place === undefined ? {} : { place }) };
}
