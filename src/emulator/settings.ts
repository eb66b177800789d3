import type { JsonObject } from "./types.ts";

/** The settings that can be chosen at the start and changed while the emulator runs. */
export interface EmulatorSettings {
  /**
   * `new`: without `project_name` the list has only the workspace's integrations, with it those of the project.
   * `old`, as before August 2026: the list has everything, even if a project is named, and tokens report their scopes
   * as they were given.
   */
  list: "new" | "old";
  /** Where an identifier must be unique; the API's rule is unknown. */
  unique: "none" | "project" | "workspace";
  /** How a sent identifier is stored: unchanged, in lower case, or with `_2`, `_3`, … appended. */
  identifiers: "as-sent" | "lower" | "suffixed";
  latencyMs: number;
  /** Reads do not see a write until this long after it. */
  lagMs: number;
  /** A POST takes effect this long after it was received, and is answered then. */
  commitDelayMs: number;
  rateLimit: { readonly limit: number; readonly windowSeconds: number } | undefined;
  apiDisabled: boolean;
  /** Each token gets 401 after this many requests, counted from when this was set. */
  expireAfter: number | undefined;
  /** Hashes of integrations, and names of projects, that no token can see. */
  hidden: readonly string[];
}

const DEFAULT_SETTINGS: EmulatorSettings = {
  list: "new",
  unique: "none",
  identifiers: "as-sent",
  latencyMs: 0,
  lagMs: 0,
  commitDelayMs: 0,
  rateLimit: undefined,
  apiDisabled: false,
  expireAfter: undefined,
  hidden: [],
};

export function settingsFrom(given: Partial<EmulatorSettings>): EmulatorSettings {
  return {
    list: given.list ?? DEFAULT_SETTINGS.list,
    unique: given.unique ?? DEFAULT_SETTINGS.unique,
    identifiers: given.identifiers ?? DEFAULT_SETTINGS.identifiers,
    latencyMs: given.latencyMs ?? DEFAULT_SETTINGS.latencyMs,
    lagMs: given.lagMs ?? DEFAULT_SETTINGS.lagMs,
    commitDelayMs: given.commitDelayMs ?? DEFAULT_SETTINGS.commitDelayMs,
    rateLimit: given.rateLimit,
    apiDisabled: given.apiDisabled ?? DEFAULT_SETTINGS.apiDisabled,
    expireAfter: given.expireAfter,
    hidden: given.hidden ?? DEFAULT_SETTINGS.hidden,
  };
}

/** The settings as JSON. A setting that is off is null. */
export function settingsView(settings: EmulatorSettings): JsonObject {
  return { ...settings, rateLimit: settings.rateLimit ?? null, expireAfter: settings.expireAfter ?? null };
}
