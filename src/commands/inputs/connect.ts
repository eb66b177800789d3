import type { ApiClient } from "../../api/client.ts";
import { createHttpConnection, type HttpConnection } from "../../api/http/client.ts";
import { createProbeClient } from "../../api/http/probe-client.ts";
import type { ProbeLimits } from "../../api/http/probe-guard.ts";
import type { ProbeApi } from "../../api/probe-client.ts";
import { createDirectTransport } from "../../api/http/direct-transport.ts";
import { proxiedFetch, proxyProblem } from "../../api/http/proxy.ts";
import type { Transport } from "../../api/http/transport.ts";
import { tokenProblem } from "../../api/wire.ts";
import { disallowedWorkspaceProblem } from "../../config/allowed-workspaces.ts";
import { unconfirmedHostProblem } from "../../config/api-host.ts";
import type { Io } from "../../io.ts";
import { errorDiagnostic } from "../../model/diagnostic.ts";
import type { IntegrationWithSecrets, Result, Target } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import { Secret } from "../../model/secret.ts";
import { countedClient } from "./counted-client.ts";
import { fileTexts, type FileTexts } from "./file-texts.ts";
import { registerMasks } from "./masks.ts";
import { readInput } from "./read-input.ts";
import type { Session } from "../session.ts";
import { stop, type CommandStop } from "../stop.ts";

export interface ConnectRequest {
  readonly target: Target;
  readonly access: "read-only" | "read-write";
  /** The integrations of the file. A server message that contains one of their values is withheld. */
  readonly integrations?: readonly IntegrationWithSecrets[];
}

/**
 * A client for the workspace, with the token from the environment. With `read-only` it refuses every request except
 * GET. All connections are made in this file, so this is where a host is refused that only the repository names.
 */
export async function connectClient(
  session: Session,
  { target, access, integrations = [] }: ConnectRequest,
): Promise<Result<ApiClient, CommandStop>> {
  const notAllowed = disallowedWorkspaceProblem(target.workspace, session.io.env);
  if (notAllowed !== undefined) return stop("invalid", notAllowed);
  const connection = await connectHost(session, { api: target.api, access, texts: fileTexts(target, integrations) });
  if (!connection.ok) return connection;
  return success(countedClient(connection.value.workspace(target.workspace), session.console));
}

export interface HostRequest {
  readonly api: string;
  readonly access: ConnectRequest["access"];
  /** The texts of all files of the run. */
  readonly texts: FileTexts;
}

/** A connection to the host, for several workspaces. See {@link connectClient}. */
export async function connectHost(
  session: Session,
  { api, access, texts }: HostRequest,
): Promise<Result<HttpConnection, CommandStop>> {
  const { io, console, options, signal } = session;
  const prepared = await prepareConnection(session, api);
  if (!prepared.ok) return prepared;
  if (io.env["BUDDY_INSECURE"] === "true") console.say(INSECURE);
  const connection = createHttpConnection({
    api,
    ...prepared.value,
    ...texts,
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
  return success(connection);
}

/** A client for `doctor --probe`. It can change only what it created itself. */
export async function connectProbe(
  session: Session,
  target: Target,
  limits: ProbeLimits,
): Promise<Result<ProbeApi, CommandStop>> {
  const { io, console, options } = session;
  const notAllowed = disallowedWorkspaceProblem(target.workspace, io.env);
  if (notAllowed !== undefined) return stop("invalid", notAllowed);
  const connection = await prepareConnection(session, target.api);
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

interface ConnectionSecrets {
  readonly token: Secret;
  readonly transport: Transport;
}

async function prepareConnection(session: Session, api: string): Promise<Result<ConnectionSecrets, CommandStop>> {
  const { io, options } = session;
  const unconfirmed = unconfirmedHostProblem(api, { flag: options.api, env: io.env });
  if (unconfirmed !== undefined) return stop("invalid", unconfirmed);
  const token = await readToken(io);
  if (!token.ok) return token;
  registerMasks(session, [token.value]);
  const badProxy = proxyProblem(io.env);
  if (badProxy !== undefined) return stop("invalid", errorDiagnostic("wrong-proxy", badProxy));
  const insecure = io.env["BUDDY_INSECURE"] === "true";
  return success({ token: token.value, transport: await chooseTransport(io, api, insecure) });
}

async function chooseTransport(io: Pick<Io, "env" | "fetch">, api: string, insecure: boolean): Promise<Transport> {
  const fetch = (await proxiedFetch(api, io.env, insecure)) ?? io.fetch;
  if (fetch === undefined) return createDirectTransport();
  const { createFetchTransport } = await import("../../api/http/fetch-transport.ts");
  return createFetchTransport(fetch);
}

const INSECURE =
  "warning: BUDDY_INSECURE=true: the server's certificate is not checked; it is safer to set NODE_EXTRA_CA_CERTS";

/** Whether the environment has a token. */
export function hasToken({ env }: Pick<Io, "env">): boolean {
  return Boolean(env["BUDDY_TOKEN"]) || Boolean(env["BUDDY_TOKEN_FILE"]);
}

async function readToken(io: Pick<Io, "env" | "cwd" | "signal">): Promise<Result<Secret, CommandStop>> {
  const { BUDDY_TOKEN: value, BUDDY_TOKEN_FILE: file } = io.env;
  if (value !== undefined && value !== "") return checkedToken(new Secret("BUDDY_TOKEN", value));
  if (file === undefined || file === "") {
    const hint = "create one in Buddy's web page (My profile → API tokens), and set BUDDY_TOKEN or BUDDY_TOKEN_FILE";
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
