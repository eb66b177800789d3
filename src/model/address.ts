import { failure, success, type Result, type Target } from "./integration.ts";

/**
 * The API's base URL in its canonical form: host in lower case, no default port, no slash at the end; the path is kept
 * (`https://HOST/api`). The failure says why the token can't be sent there. It names only the host, since a URL may hold
 * a password.
 */
export function parseApi(api: string): Result<string, string> {
  if (!URL.canParse(api)) return failure("it is not a URL");
  const url = new URL(api);
  if (url.username !== "" || url.password !== "") return failure("it holds a user name or a password");
  if (/[?#]/.test(api)) return failure("it has a query or a fragment");
  if (/[\s\\]/.test(api.trim())) return failure("it holds a space or a backslash");
  if (url.protocol !== "https:" && url.protocol !== "http:") return failure("it is neither https nor http");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return failure(`http would send the token in clear text to ${url.hostname}`);
  }
  return success(`${url.origin}${url.pathname.replace(/\/+$/, "")}`);
}

/** {@link parseApi} for URLs that are only compared: an unusable one is left as it is. */
export function canonicalApi(api: string): string {
  const parsed = parseApi(api);
  return parsed.ok ? parsed.value : api;
}

/**
 * Whether requests to this host stay on this machine. False for names below `localhost`, since each system's resolver
 * decides where they lead.
 * @param hostname as in `URL.hostname`
 */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The name of a workspace's section in the lockfile: `https://api.buddy.works/workspaces/my-company`. */
export function workspaceSectionName({ api, workspace }: Target): string {
  return `${api}/workspaces/${workspace}`;
}

/** The workspace of a lockfile section; undefined for a name that no section can have. */
export function parseSectionName(name: string): Target | undefined {
  const [, api, workspace] = /^(.+)\/workspaces\/([^/]+)$/.exec(name) ?? [];
  return api === undefined || workspace === undefined ? undefined : { api, workspace };
}

/**
 * The path `/a/b` of these segments, each encoded. Undefined if a URL parser would resolve (`..`) or refuse one of
 * them.
 */
export function urlPath(...segments: readonly string[]): string | undefined {
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".." || isBroken(segment))) {
    return undefined;
  }
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");
}

/** Where a redirect leads, if it is another address of the same origin. */
export function sameOriginRedirect(location: string | null, from: string): string | undefined {
  const url = redirectTarget(location, from);
  if (url === undefined || url.origin !== new URL(from).origin) return undefined;
  return url.username === "" && url.password === "" ? url.href : undefined;
}

/** The origin of a Location header; "" if it has none or can't be parsed. */
export function redirectOrigin(location: string | null, from: string): string {
  const origin = redirectTarget(location, from)?.origin ?? "";
  return origin === "null" ? "" : origin;
}

function redirectTarget(location: string | null, from: string): URL | undefined {
  return location !== null && URL.canParse(location, from) ? new URL(location, from) : undefined;
}

/** Half a surrogate pair has no UTF-8 form. */
function isBroken(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
