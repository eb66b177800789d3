import { parseApi } from "../model/address.ts";
import type { Diagnostic, Place } from "../model/diagnostic.ts";
import type { Target } from "../model/integration.ts";
import { FingerprintKey } from "../model/secret.ts";

const DEFAULT_API = "https://api.buddy.works";
const HANDLE_PATTERN = /^[a-z0-9][a-z0-9_-]{2,98}[a-z0-9]$/;

type Environment = Readonly<Record<string, string | undefined>>;

export interface TargetInput {
  readonly flags: { readonly api?: string | undefined; readonly workspace?: string | undefined };
  /** What the file says. */
  readonly file: { readonly api?: string; readonly workspace?: string };
  readonly env: Environment;
  /** Where the file says it. */
  readonly placeOf: (field: "api" | "workspace") => Place | undefined;
}

/**
 * Which workspace, on which host: the flag, else the file, else `BUDDY_WORKSPACE` and `BUDDY_BASE_URL`, else
 * `BUDDY_WORKSPACE_DOMAIN` and `BUDDY_API_ENDPOINT`. A file and a variable that disagree, without a flag, are an error.
 */
export function resolveTarget(input: TargetInput): {
  readonly target?: Target;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const api = chooseSetting("api", ["BUDDY_BASE_URL", "BUDDY_API_ENDPOINT"], input, diagnostics);
  const workspace = chooseSetting("workspace", ["BUDDY_WORKSPACE", "BUDDY_WORKSPACE_DOMAIN"], input, diagnostics);
  const base = api ?? { value: DEFAULT_API, from: "default" };
  const parsed = parseApi(base.value);
  if (!parsed.ok) {
    const hint = "such as https://api.buddy.works, https://api.eu.buddy.works or https://HOST/api";
    diagnostics.push(
      targetError("wrong-api", `the API's base URL (${base.from}) can't be used: ${parsed.error}`, hint),
    );
  }
  if (workspace === undefined) {
    const hint = "name it with --workspace, with `workspace:` in the file, or with BUDDY_WORKSPACE";
    diagnostics.push(targetError("no-workspace", "no workspace is named", hint));
  } else if (!HANDLE_PATTERN.test(workspace.value)) {
    const message = `the workspace (${workspace.from}) isn't a workspace's handle: 4 to 100 of a-z, 0-9, _ and -`;
    diagnostics.push(
      targetError("wrong-workspace", message, "it stands in the address of the web page: app.buddy.works/HANDLE"),
    );
  }
  if (diagnostics.length > 0 || workspace === undefined || !parsed.ok) return { diagnostics };
  return { target: { api: parsed.value, workspace: workspace.value }, diagnostics };
}

/** Names the variable that holds the key for fingerprints. */
export const KEY_VARIABLE = "BUDDY_INTEGRATIONS_KEY";
const KEY_BYTES = 32;

/** The key: at least 32 bytes, as hex or base64. Without it nothing is fingerprinted. Never shown, wrong ones neither. */
export function readFingerprintKey(env: Environment): {
  readonly key?: FingerprintKey;
  readonly diagnostics: readonly Diagnostic[];
} {
  const text = env[KEY_VARIABLE];
  if (text === undefined) return { diagnostics: [] };
  const bytes = decodeKey(text.trim());
  if (bytes !== undefined && bytes.length >= KEY_BYTES) return { key: new FingerprintKey(bytes), diagnostics: [] };
  const hint = "make one with `openssl rand -base64 32`, or unset it: then a rotated secret isn't noticed";
  return { diagnostics: [targetError("weak-key", `${KEY_VARIABLE} ${whyWeak(bytes)}`, hint)] };
}

function whyWeak(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return "is neither hex nor base64";
  if (bytes.length === 0) return "is set, but empty";
  return `has ${bytes.length} bytes; it needs at least ${KEY_BYTES}`;
}

function decodeKey(text: string): Uint8Array | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, "hex");
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return Buffer.from(text, "base64");
  return text === "" ? new Uint8Array() : undefined;
}

interface ChosenSetting {
  readonly value: string;
  /** `--api`, the file's name, or the variable's. */
  readonly from: string;
}

function chooseSetting(
  field: "api" | "workspace",
  variables: readonly [string, string],
  { flags, file, env, placeOf }: TargetInput,
  diagnostics: Diagnostic[],
): ChosenSetting | undefined {
  const flag = flags[field];
  if (flag !== undefined) return { value: flag, from: `--${field}` };
  const [first, second] = variables.map((name): ChosenSetting | undefined => {
    const value = env[name];
    return value === undefined || value === "" ? undefined : { value, from: name };
  });
  const written = file[field];
  if (written === undefined) return first ?? second;
  if (first !== undefined && first.value !== written && !(field === "api" && isSameApi(first.value, written))) {
    const place = placeOf(field);
    // A URL may hold a password: it is named only if it is one that may be used.
    const value = field === "api" && !parseApi(first.value).ok ? "something else" : first.value;
    diagnostics.push({
      ...targetError(
        "target-disagrees",
        `the file says ${field} ${written}, and ${first.from} says ${value}`,
        `say which with --${field}, or make the two agree`,
      ),
      ...(place === undefined ? {} : { place }),
    });
  }
  return { value: written, from: "the file" };
}

function isSameApi(one: string, other: string): boolean {
  const [a, b] = [parseApi(one), parseApi(other)];
  return a.ok && b.ok && a.value === b.value;
}

function targetError(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: "error", message, hint };
}
