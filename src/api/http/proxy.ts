import { isLoopback } from "../../model/address.ts";
import { isExcluded } from "./no-proxy.ts";

/**
 * A fetch that goes through the proxy of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (in either case, lower first, as curl
 * does), or that takes certificates which nobody signed; `undefined` when a direct connection is right. The package that
 * does this is large: it is loaded only when it is needed.
 * @param api the base URL: nothing else is ever asked.
 * @param insecure take any certificate of the API (`BUDDY_INSECURE=true`), not of the proxy.
 */
export async function proxiedFetch(
  api: string,
  env: Readonly<Record<string, string | undefined>>,
  insecure: boolean,
): Promise<typeof globalThis.fetch | undefined> {
  const httpProxy = proxyVariable(env, "http_proxy");
  const httpsProxy = proxyVariable(env, "https_proxy");
  const hasProxy = (httpProxy !== undefined || httpsProxy !== undefined) && !isDirect(new URL(api), env);
  if (!hasProxy && !insecure) return undefined;
  // Its default export: that is all that a bundle has of it.
  const { default: undici } = await import("undici");
  const { Agent, EnvHttpProxyAgent, fetch } = undici;
  const tls = insecure ? { rejectUnauthorized: false } : {};
  const dispatcher = hasProxy
    ? new EnvHttpProxyAgent({
        // Never undefined: the agent would look into the process's own environment.
        httpProxy: httpProxy ?? "",
        httpsProxy: httpsProxy ?? "",
        noProxy: "",
        connect: tls,
        requestTls: tls,
      })
    : new Agent({ connect: tls });
  return (input, { method = "GET", headers, body, redirect = "manual", signal = null } = {}) => {
    const url = typeof input === "string" ? input : "href" in input ? input.href : input.url;
    // The two fetches' types of bodies don't agree; ours is always JSON.
    if (body !== undefined && typeof body !== "string") throw new TypeError("only text can be sent through a proxy");
    const fields = Object.fromEntries(new Headers(headers));
    const request = { method, headers: fields, body: body ?? null, redirect, signal, dispatcher };
    return fetch(url, request);
  };
}

/** Plain HTTP is allowed to loopback because it stays here: a proxy would take the token away in clear text. */
function isDirect(api: URL, env: Readonly<Record<string, string | undefined>>): boolean {
  return isLoopback(api.hostname) || isExcluded(api, proxyVariable(env, "no_proxy") ?? "");
}

/** Why a proxy variable can't be used; `undefined` when all can. Proxy URLs carry passwords: they are never shown. */
export function proxyProblem(env: Readonly<Record<string, string | undefined>>): string | undefined {
  for (const name of ["http_proxy", "https_proxy"]) {
    const value = proxyVariable(env, name);
    if (value === undefined) continue;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !/^(?:https?|socks5?):$/.test(url.protocol)) {
      return `${name.toUpperCase()} is not the URL of a proxy (http://HOST:PORT)`;
    }
    if (!canDecode(url.username) || !canDecode(url.password)) {
      return `the user name or the password in ${name.toUpperCase()} holds an escape that isn't UTF-8: write each % as %25`;
    }
  }
  return undefined;
}

function canDecode(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

function proxyVariable(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[name] ?? env[name.toUpperCase()];
  if (value === undefined || value === "") return undefined;
  // A `%` that begins no escape stands for itself, as in curl. It can only be in a user name or a password.
  return value.replaceAll(/%(?![0-9a-f]{2})/gi, "%25");
}
