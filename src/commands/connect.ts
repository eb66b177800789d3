import type { ApiClient } from "../api/client.ts";
import { createHttpClient } from "../api/http/client.ts";
import { createProbeClient } from "../api/http/probe-client.ts";
import type { ProbeLimits } from "../api/http/probe-guard.ts";
import { proxiedFetch, proxyProblem } from "../api/http/proxy.ts";
import type { ProbeApi } from "../api/probe-client.ts";
import { tokenProblem } from "../api/wire.ts";
import { unconfirmedHostProblem } from "../config/api-host.ts";
import type { Io } from "../io.ts";
import { errorDiagnostic } from "../model/diagnostic.ts";
import type { IntegrationWithSecrets, Result, Target } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import { Secret } from "../model/secret.ts";
import { countedClient } from "./counted-client.ts";
import { knownTexts } from "./known-texts.ts";
import { registerMasks } from "./masks.ts";
import { readInput } from "./read-input.ts";
import type { Session } from "./session.ts";
import { stop, type CommandStop } from "./stop.ts";

export interface ConnectRequest {
  readonly target: Target;
  readonly access: "read-only" | "read-write";
  /** Of the file: their values are looked for in what the server says. */
  readonly integrations?: readonly IntegrationWithSecrets[];
}

/**
 * A client for the workspace, with the token of the environment. With `read-only` it refuses everything but GET. Every
 * request goes through here, so this is where a host that nobody but the repository names is refused.
 */
export async function connectClient(
  session: Session,
  { target, access, integrations = [] }: ConnectRequest,
): Promise<Result<ApiClient, CommandStop>> {
  const { io, console, options, signal } = session;
  const connection = await prepareConnection(session, target);
  if (!connection.ok) return connection;
  if (io.env["BUDDY_INSECURE"] === "true") console.say(INSECURE);
  const client = createHttpClient({
    target,
    ...connection.value,
    ...knownTexts(target, integrations),
    concurrency: options.concurrency,
    timeoutMs: options.timeoutSeconds * 1000,
    maxWaitMs: options.maxWaitSeconds * 1000,
    readOnly: access === "read-only",
    signal,
    clock: io,
    onEvent: (event) => {
      console.event(event);
    },
  });
  return success(countedClient(client, console));
}

/** The way out for `doctor --probe`: it can write, but only what it creates itself. */
export async function connectProbe(
  session: Session,
  target: Target,
  limits: ProbeLimits,
): Promise<Result<ProbeApi, CommandStop>> {
  const { io, console, options } = session;
  const connection = await prepareConnection(session, target);
  if (!connection.ok) return connection;
  return success(
    createProbeClient({
      ...limits,
      target,
      ...connection.value,
      timeoutMs: options.timeoutSeconds * 1000,
      maxWaitMs: options.maxWaitSeconds * 1000,
      clock: io,
      onEvent: (event) => {
        console.event(event);
      },
    }),
  );
}

interface Connection {
  readonly token: Secret;
  readonly fetch: typeof globalThis.fetch;
}

async function prepareConnection(session: Session, target: Target): Promise<Result<Connection, CommandStop>> {
  const { io, options } = session;
  const unconfirmed = unconfirmedHostProblem(target.api, { flag: options.api, env: io.env });
  if (unconfirmed !== undefined) return stop("invalid", unconfirmed);
  const token = await readToken(io);
  if (!token.ok) return token;
  registerMasks(session, [token.value]);
  const badProxy = proxyProblem(io.env);
  if (badProxy !== undefined) return stop("invalid", errorDiagnostic("wrong-proxy", badProxy));
  const insecure = io.env["BUDDY_INSECURE"] === "true";
  return success({ token: token.value, fetch: (await proxiedFetch(io.env, insecure)) ?? io.fetch });
}

const INSECURE =
  "warning: BUDDY_INSECURE=true: the server's certificate is not checked; name its authority with NODE_EXTRA_CA_CERTS instead";

/** Whether a token is there to ask with. */
export function hasToken({ env }: Pick<Io, "env">): boolean {
  return Boolean(env["BUDDY_TOKEN"]) || Boolean(env["BUDDY_TOKEN_FILE"]);
}

async function readToken(io: Pick<Io, "env" | "cwd" | "signal">): Promise<Result<Secret, CommandStop>> {
  const { BUDDY_TOKEN: value, BUDDY_TOKEN_FILE: file } = io.env;
  if (value !== undefined && value !== "") return checkedToken(new Secret("BUDDY_TOKEN", value));
  if (file === undefined || file === "") {
    const hint =
      "make one in Buddy's web page (My profile → API tokens) and hand it over in BUDDY_TOKEN or BUDDY_TOKEN_FILE";
    return stop("invalid", errorDiagnostic("no-token", `BUDDY_TOKEN is ${value === "" ? "empty" : "not set"}`, hint));
  }
  const bytes = await readInput(io, file);
  if (!bytes.ok) {
    const message = `the file of BUDDY_TOKEN_FILE can't be read: ${bytes.error.message}`;
    return stop("invalid", errorDiagnostic("no-token", message));
  }
  return checkedToken(new Secret("BUDDY_TOKEN_FILE", new TextDecoder().decode(bytes.value).replace(/\r?\n$/, "")));
}

function checkedToken(token: Secret): Result<Secret, CommandStop> {
  const wrong = tokenProblem(token);
  if (wrong === undefined) return success(token);
  return stop("invalid", errorDiagnostic("wrong-token", `the token of ${token.variable} can't be used: ${wrong}`));
}
