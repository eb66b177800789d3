import { resolve } from "node:path";
import type { ApiClient } from "../api/client.ts";
import type { HttpEvent } from "../api/http/events.ts";
import { createHttpClient } from "../api/http/client.ts";
import { proxiedFetch, proxyProblem } from "../api/http/proxy.ts";
import { tokenProblem } from "../api/wire.ts";
import { canonicalApi, unconfirmedHostProblem } from "../config/api-host.ts";
import { EXIT } from "../exit.ts";
import { readBytes } from "../checkout/files.ts";
import type { Io } from "../io.ts";
import type { Result, Target } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import { Secret } from "../model/secret.ts";
import type { CommandConsole } from "./console.ts";
import { registerMasks } from "./masks.ts";
import { errorDiagnostic, commandStop, type CommandStop } from "./command-stop.ts";

export interface ConnectOptions {
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly maxWaitSeconds: number;
}

/**
 * A client for the workspace, with the token of the environment. In plan mode it refuses everything but GET. Every request
 * goes through here, so this is where a host that nobody but the repository names is refused. @param options.api `--api`
 */
export async function connectClient(
  target: Target,
  options: ConnectOptions & { readonly readOnly: boolean; readonly api?: string },
  io: Io,
  console: CommandConsole,
): Promise<Result<ApiClient, CommandStop>> {
  const unconfirmed = unconfirmedHostProblem(canonicalApi(target.api), { flag: options.api, env: io.env });
  if (unconfirmed !== undefined) return commandStop(EXIT.invalid, [unconfirmed]);
  const token = await readToken(io);
  if (!token.ok) return token;
  registerMasks([token.value], io);
  const badProxy = proxyProblem(io.env);
  if (badProxy !== undefined) return commandStop(EXIT.invalid, [errorDiagnostic("wrong-proxy", badProxy)]);
  const insecure = io.env["BUDDY_INSECURE"] === "true";
  if (insecure) console.say(INSECURE);
  const client = createHttpClient({
    target,
    token: token.value,
    fetch: (await proxiedFetch(io.env, insecure)) ?? io.fetch,
    concurrency: options.concurrency,
    timeoutMs: options.timeoutSeconds * 1000,
    maxWaitMs: options.maxWaitSeconds * 1000,
    readOnly: options.readOnly,
    signal: io.signal,
    clock: io,
    onEvent: (event) => {
      console.event(event);
    },
  });
  return success(client);
}

const INSECURE =
  "warning: BUDDY_INSECURE=true: the server's certificate is not checked; name its authority with NODE_EXTRA_CA_CERTS instead";

/** Whether a token is there to ask with. */
export function hasToken(io: Io): boolean {
  return Boolean(io.env["BUDDY_TOKEN"]) || Boolean(io.env["BUDDY_TOKEN_FILE"]);
}

async function readToken(io: Io): Promise<Result<Secret, CommandStop>> {
  const { BUDDY_TOKEN: value, BUDDY_TOKEN_FILE: file } = io.env;
  if (value !== undefined && value !== "") return checkedToken(new Secret("BUDDY_TOKEN", value));
  if (file === undefined || file === "") {
    const hint =
      "make one in Buddy's web page (My profile → API tokens) and hand it over in BUDDY_TOKEN or BUDDY_TOKEN_FILE";
    return commandStop(EXIT.invalid, [
      errorDiagnostic("no-token", `BUDDY_TOKEN is ${value === "" ? "empty" : "not set"}`, hint),
    ]);
  }
  const bytes = await readBytes(resolve(io.cwd, file));
  if (!bytes.ok) {
    return commandStop(EXIT.invalid, [
      errorDiagnostic("no-token", `the file of BUDDY_TOKEN_FILE can't be read: ${bytes.error.message}`),
    ]);
  }
  return checkedToken(new Secret("BUDDY_TOKEN_FILE", new TextDecoder().decode(bytes.value).replace(/\r?\n$/, "")));
}

function checkedToken(token: Secret): Result<Secret, CommandStop> {
  const wrong = tokenProblem(token);
  if (wrong === undefined) return success(token);
  return commandStop(EXIT.invalid, [
    errorDiagnostic("wrong-token", `the token of ${token.variable} can't be used: ${wrong}`),
  ]);
}

/** An event of the client in one line. */
export function eventLine(event: HttpEvent): string {
  switch (event.kind) {
    case "answered": {
      const id = event.requestId === undefined ? "" : ` (request ${event.requestId})`;
      return `${event.method} ${event.path} ${event.status} ${Math.round(event.ms)} ms${id}`;
    }
    case "lost":
      return `${event.method} ${event.path} ${event.code} ${Math.round(event.ms)} ms`;
    case "waiting": {
      const seconds = Math.max(1, Math.ceil(event.ms / 1000));
      const why = event.why === "rate-limit" ? ": the API's rate limit is used up" : ", then trying again";
      return `waiting ${seconds} s${why}`;
    }
    default:
      return event satisfies never;
  }
}
