import { parseLockfile } from "../checkout/lockfile/read.ts";
import { loadConfig, resolveConfig } from "../config/load-config.ts";
import { readFingerprintKey } from "../config/fingerprint-key.ts";
import { resolveTarget } from "../config/resolve-target.ts";
import type { Diagnostic, Place } from "../model/diagnostic.ts";
import {
  failure,
  success,
  type IntegrationWithSecrets,
  type Key,
  type Result,
  type Target,
} from "../model/integration.ts";
import type { Lockfile } from "../model/lockfile.ts";
import type { FingerprintKey } from "../model/secret.ts";

/** The desired state: a valid file with its references looked up. */
export interface DesiredState {
  /** The name that diagnostics show. */
  readonly file: string;
  /** As far as the file names it; {@link workspaceTarget} makes a {@link Target} of it. */
  readonly target: Partial<Target>;
  /** Sorted by key, with `defaults` merged. */
  readonly integrations: readonly IntegrationWithSecrets[];
  /** The names of all variables that the file refers to, sorted. */
  readonly references: readonly string[];
  /** Keys that the file drops from management, sorted. */
  readonly removed: readonly Key[];
  /** Problems that don't stop a run. */
  readonly warnings: readonly Diagnostic[];
  /** The place of an integration, or of one of its fields, in the file; `undefined` for an unknown key. */
  placeOf(key: Key, path?: readonly (string | number)[]): Place | undefined;
}

/** How {@link loadIntegrations} reads a text. */
export interface LoadOptions {
  /** The name for diagnostics. Default: `integrations.yaml`. */
  readonly file?: string;
  /**
   * Values for `$NAME` references. A name that is missing here gives a {@link Secret} without a value, which is
   * enough to plan. An empty value is an error.
   */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads an integrations.yaml (schemas/integrations.schema.json): syntax, schema, rules, references. Reports every problem
 * at once, in the order of the file.
 */
export function loadIntegrations(
  text: string,
  { file = "integrations.yaml", variables = {} }: LoadOptions = {},
): Result<DesiredState, readonly Diagnostic[]> {
  const loaded = loadConfig(file, new TextEncoder().encode(text));
  if (!loaded.ok) return failure(loaded.diagnostics);
  const { value: written, diagnostics: warnings } = loaded;
  const resolved = resolveConfig(written, (name) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value === undefined ? { kind: "unset" } : { kind: "set", value };
  });
  if (!resolved.ok) return failure([...warnings, ...resolved.diagnostics]);
  const { target, references, removed } = written;
  const { integrations } = resolved.value;
  const placeOf: DesiredState["placeOf"] = (key, path = []) => written.placeOf(key, path);
  return success({ file, target, integrations, references, removed, warnings, placeOf });
}

/**
 * Checks the workspace of a run, and returns it in its canonical form. Fails with `no-workspace`, `wrong-workspace`
 * or `wrong-api`.
 * @param given `api` defaults to https://api.buddy.works
 */
export function workspaceTarget(given: Partial<Target>): Result<Target, readonly Diagnostic[]> {
  return resolveTarget({ flags: given, file: {}, env: {}, placeOf: () => undefined });
}

/**
 * Reads a lockfile strictly: anything that this tool doesn't write is an error with a place. If a checkout has no
 * lockfile yet, use {@link EMPTY_LOCKFILE}.
 * @param file the name for diagnostics
 */
export function readLockfile(text: string, file = "integrations.lock.yaml"): Result<Lockfile, readonly Diagnostic[]> {
  return parseLockfile(file, text);
}

/**
 * Makes the key that fingerprints values in the lockfile, so that a later plan notices a rotated value. Fails with
 * `weak-key`.
 * @param text at least 32 bytes, as hex or base64; it is never shown
 */
export function fingerprintKey(text: string): Result<FingerprintKey, readonly Diagnostic[]> {
  return readFingerprintKey(text);
}
