import type { Target } from "./integration.ts";

/** Why the token must not be sent to this base URL, or can't be; `undefined` when it may. Names no more than the host. */
export function apiProblem(api: string): string | undefined {
  if (!URL.canParse(api)) return "it is not a URL";
  const url = new URL(api);
  if (url.username !== "" || url.password !== "") return "it holds a user name or a password";
  if (url.search !== "" || url.hash !== "") return "it has a query or a fragment";
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return "it is neither https nor http";
  return isLoopback(url.hostname) ? undefined : `http would send the token in clear text to ${url.hostname}`;
}

/** Base URL of the API without a trailing slash; its path is kept (`https://HOST/api`). */
export function baseUrl(target: Target): string {
  const problem = apiProblem(target.api);
  if (problem !== undefined) throw new Error(`the API's base URL can't be used: ${problem}`);
  return new URL(target.api).href.replace(/\/+$/, "");
}

/** `/a/b` of these segments, each encoded; `undefined` when one can't be a segment: URL would resolve or refuse it. */
export function urlPath(...segments: readonly string[]): string | undefined {
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".." || isBroken(segment))) {
    return undefined;
  }
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");
}

/** Where a redirect leads, if it is another address of the same origin. */
export function sameOriginRedirect(location: string | null, from: string): string | undefined {
  if (location === null || !URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  return url.origin === new URL(from).origin && url.username === "" && url.password === "" ? url.href : undefined;
}

/** The origin of a Location header, "" where there is none that can be read. */
export function redirectOrigin(location: string | null, from: string): string {
  if (location === null || !URL.canParse(location, from)) return "";
  const { origin } = new URL(location, from);
  return origin === "null" ? "" : origin;
}

/**
 * Whether what is sent there stays on this machine. Names below `localhost` are left to DNS by some systems, so they may
 * lead elsewhere. @param hostname as URL has it.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Half a surrogate pair has no UTF-8 form. */
function isBroken(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
