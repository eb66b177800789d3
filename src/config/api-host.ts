import { shellWord } from "../model/text.ts";
import { canonicalApi } from "../model/address.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Environment } from "./variable-rules.ts";

/** Buddy's own API, by region. */
export const BUDDY_REGIONS = {
  us: "https://api.buddy.works",
  eu: "https://api.eu.buddy.works",
  asia: "https://api.asia.buddy.works",
} as const;
export type BuddyRegion = keyof typeof BUDDY_REGIONS;
/** The only hosts that the file alone may name. */
const BUDDY_HOSTS: readonly string[] = Object.values(BUDDY_REGIONS);
export const DEFAULT_API = BUDDY_REGIONS.us;
/** Variables that name the API's base URL. */
export const API_VARIABLES = ["BUDDY_BASE_URL", "BUDDY_API_ENDPOINT"] as const;

/** What the person who starts a run says about the host, as opposed to what the repository says. */
export interface HostSettings {
  /** `--api`. */
  readonly flag: string | undefined;
  readonly env: Environment;
}

/**
 * Why the token must not be sent to this base URL; undefined if it may. Anybody who may edit the file could name
 * their own host there, and would get the token and every secret. So any host except Buddy's must be named outside
 * the repository too: by `--api`, `BUDDY_BASE_URL` or `BUDDY_API_ENDPOINT`.
 * @param api canonical
 */
export function unconfirmedHostProblem(api: string, { flag, env }: HostSettings): Diagnostic | undefined {
  const named = [flag, ...API_VARIABLES.map((name) => env[name])];
  if (BUDDY_HOSTS.includes(api) || named.some((each) => Boolean(each) && canonicalApi(each ?? "") === api)) {
    return undefined;
  }
  return unconfirmedHost(`${api} is not a host of Buddy's, and only the file names it: nothing was sent`, api);
}

/**
 * Why no request may be sent to the host of a lockfile section; undefined if one may. @param chosen the host that
 * the settings name, canonical
 */
export function lockedHostProblem(api: string, chosen: string): Diagnostic | undefined {
  if (api === chosen) return undefined;
  return unconfirmedHost(`only the lockfile names ${api}, and this run is for ${chosen}: nothing was sent`, api);
}

function unconfirmedHost(message: string, api: string): Diagnostic {
  const hint = `if you trust this host with the token and the secrets: export ${API_VARIABLES[0]}=${shellWord(api)}`;
  return { code: "unconfirmed-host", severity: "error", message, hint };
}
