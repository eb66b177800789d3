import { isHashId, type Json, type Target } from "../../model/integration.ts";
import { parseApi, urlPath } from "../../model/address.ts";
import type { Secret } from "../../model/secret.ts";
import type { ProbeApi, ProbeMethod, ProbeReply, RateLimitHeaders } from "../probe-client.ts";
import { KnownTexts } from "../words/known-texts.ts";
import * as wire from "../wire.ts";
import type { Clock, HttpEvent } from "./events.ts";
import { ProbeGuard, type GuardedCall, type ProbeLimits } from "./probe-guard.ts";
import { readRateLimitHints } from "./rate-limit-hints.ts";
import { parseResponseJson } from "./response-json.ts";
import { backoffMs, MAX_TRIES } from "./retry.ts";
import { MAX_BODY_BYTES, type HttpResponse, type ResponseHeaders, type Transport } from "./transport.ts";

export interface ProbeClientOptions extends ProbeLimits {
  readonly target: Target;
  readonly token: Secret;
  readonly transport: Transport;
  readonly timeoutMs: number;
  /** How long a request may wait because the server said so. */
  readonly maxWaitMs: number;
  readonly clock: Clock;
  readonly onEvent: (event: HttpEvent) => void;
}

interface ProbeRequest extends GuardedCall {
  readonly path: string;
  readonly query?: string;
}

/**
 * The only way for a probe to send requests. It is separate from the client of plan and apply, which shows less of a
 * response and may write more. It has no signal, since an interrupted probe still has to remove its integrations.
 */
export function createProbeClient(options: ProbeClientOptions): ProbeApi {
  const { target, token, transport, timeoutMs, clock, onEvent, maxWaitMs } = options;
  const api = parseApi(target.api);
  const workspace = urlPath("workspaces", target.workspace);
  if (!api.ok || workspace === undefined) throw new Error("the API's base URL can't be used");
  const guard = new ProbeGuard(options);
  const known = new KnownTexts(wire.knownValues([{ secret: token, use: "secret" }]), [target.api, target.workspace]);
  const integrations = `${workspace}/integrations`;
  const common = {
    accept: "application/json",
    authorization: wire.authorization(token),
    "user-agent": "buddy-integrations",
  };

  async function sendOnce(call: ProbeRequest): Promise<HttpResponse | undefined> {
    const { method, path, body } = call;
    guard.admit(call);
    const started = clock.now();
    const exchange = await transport({
      method,
      url: api.ok ? `${api.value}${path}${call.query ?? ""}` : "",
      headers: body === undefined ? common : { ...common, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      maxBytes: MAX_BODY_BYTES,
      timeoutMs,
    });
    const ms = clock.now() - started;
    if (exchange.kind !== "answer") {
      const code = exchange.kind === "timeout" ? "TIMEOUT" : exchange.code;
      onEvent({ kind: "lost", method, path, ms, code });
      return undefined;
    }
    onEvent({ kind: "answered", method, path, ms, status: exchange.status });
    return exchange;
  }

  async function send(call: ProbeRequest): Promise<ProbeReply> {
    const { method, path } = call;
    let waited = 0;
    for (let tries = 1; ; tries += 1) {
      const response = await sendOnce(call);
      if (response?.status === 429) {
        const hints = readRateLimitHints(response.headers, clock.now());
        const ms = hints.retryAfterMs ?? hints.resetMs ?? 1000 * tries;
        const mayRepeat = method !== "POST" || guard.creationsLeft > 0;
        if (mayRepeat && waited + ms <= maxWaitMs && tries < MOST_REFUSALS) {
          // The server refused it before it did anything, so a creation may be sent again too.
          onEvent({ kind: "waiting", why: "rate-limit", ms });
          await clock.sleep(ms);
          waited += ms;
          continue;
        }
      }
      const isLost = response === undefined || response.status >= 500;
      if (isLost && method !== "POST" && tries < MAX_TRIES) {
        const ms = backoffMs(tries, clock.random());
        onEvent({ kind: "waiting", why: "retry", ms, method, path, after: "no response" });
        await clock.sleep(ms);
        continue;
      }
      return reply(call, response);
    }
  }

  function reply(call: ProbeRequest, response: HttpResponse | undefined): ProbeReply {
    const { method, path } = call;
    if (response?.text === undefined) return { kind: "lost", method };
    const { status, text, headers } = response;
    const parsed = text.trim() === "" ? undefined : parseResponseJson(text);
    const json = parsed?.ok === true ? parsed.value : undefined;
    guard.observe(call, status, json);
    const words = json === undefined ? [] : wire.decodeErrors(json);
    const messages = known.showable(words, { path, sent: [], ...(call.query !== undefined && { query: call.query }) });
    return { kind: "answered", method, status, json, messages, limits: readLimits(headers, clock.now()) };
  }

  function one(method: ProbeMethod, hashId: string, body?: Readonly<Record<string, Json>>): Promise<ProbeReply> {
    if (!isHashId(hashId)) throw new Error("a probe was about to address what is not a hash_id");
    return send({ method, path: `${integrations}/${hashId}`, hashId, body });
  }

  return {
    token: () => send({ method: "GET", path: "/user/token", hashId: undefined, body: undefined }),
    list: (query) => {
      const text = new URLSearchParams(query).toString();
      const asked = text === "" ? {} : { query: `?${text}` };
      return send({ method: "GET", path: integrations, hashId: undefined, body: undefined, ...asked });
    },
    get: (hashId) => one("GET", hashId),
    create: (body) => send({ method: "POST", path: integrations, hashId: undefined, body }),
    edit: (hashId, body) => one("PATCH", hashId, body),
    remove: (hashId) => one("DELETE", hashId),
    creationsLeft: () => guard.creationsLeft,
    claim: (hashId) => guard.claim(hashId),
    owned: () => guard.owned,
  };
}

/** How often one request may get a 429. After that the probe ends, so that nobody has to wait for ever. */
const MOST_REFUSALS = 5;

const HEADERS = ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"] as const;
const DAY_MS = 86_400_000;

function readLimits(headers: ResponseHeaders, now: number): RateLimitHeaders {
  const documented = HEADERS.filter((name) => headers.get(name) !== null).length;
  const reset = headers.get("x-rate-limit-reset");
  if (reset === null) return { documented, reset: undefined };
  const isSeconds = /^\d{1,12}$/.test(reset.trim()) && Math.abs(Number(reset) * 1000 - now) <= DAY_MS;
  return { documented, reset: isSeconds ? "epoch-seconds" : "another-unit" };
}
