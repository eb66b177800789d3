import { isLoopback } from "../../model/address.ts";
import { isExcluded } from "./no-proxy.ts";

/**
 * A fetch that goes through the proxy of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (in either case, lower first, as curl
 * does), or that accepts self-signed certificates; `undefined` if neither is needed. The package that does this is large,
 * so it is loaded only if it is needed.
 * @param api the base URL. The fetch is used for no other host.
 * @param insecure accept any certificate of the API (`BUDDY_INSECURE=true`), not of the proxy.
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
  // The default export, since a bundle has only that.
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
    // The two fetches have different types for bodies. A body of this tool is always JSON text.
    if (body !== undefined && typeof body !== "string") throw new TypeError("only text can be sent through a proxy");
    const fields = Object.fromEntries(new Headers(headers));
    const request = { method, headers: fields, body: body ?? null, redirect, signal, dispatcher };
    return fetch(url, request);
  };
}

/** Loopback never uses a proxy: plain HTTP is allowed there, and a proxy would get the token in clear text. */
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
  // As in curl, a `%` that doesn't begin an escape stands for itself. It can only be in a user name or a password.
  return value.replaceAll(/%(?![0-9a-f]{2})/gi, "%25");
}
