import { failure, success } from "../../model/integration.ts";
import type { HashId, Live, Result, Target } from "../../model/integration.ts";
import type { Secret } from "../../model/secret.ts";
import { baseUrl, pathOf } from "../../model/address.ts";
import { isHtml, MIB, unreadable } from "./answer.ts";
import type { Call } from "./answer.ts";
import type { Client, Failure, Payload } from "../client.ts";
import { readPages } from "./pages.ts";
import { parseJson } from "./json.ts";
import { createSend } from "./send.ts";
import type { SendOptions } from "./send.ts";
import * as wire from "../wire.ts";

export interface HttpOptions extends Omit<SendOptions, "base" | "authorization"> {
  readonly target: Target;
  /** Where it can't be sent (`tokenProblem` of wire.ts), nothing can be made of it. */
  readonly token: Secret;
}

/** Of an answer's body. The largest is the list, which has no pages: a short view takes some 300 bytes. */
const MAX_BYTES = 64 * MIB;

const EMPTY: Pick<Call, "sent" | "maxBytes"> = { sent: [], maxBytes: MAX_BYTES };

/**
 * The API over HTTP. Throws for a base URL or a token that must not be used (`apiProblem`, `tokenProblem` tell before),
 * and rejects where a plan would change something: both are bugs of the caller.
 */
export function createHttpClient(options: HttpOptions): Client {
  const problem = wire.tokenProblem(options.token);
  if (problem !== undefined) throw new Error(`the token can't be sent: ${problem}`);
  const base = { ...options, base: baseUrl(options.target), authorization: wire.authorization(options.token) };
  const send = createSend(base);
  const restoring = createSend({ ...base, signal: new AbortController().signal });
  const workspace = pathOf("workspaces", options.target.workspace);
  if (workspace === undefined) throw new Error("the workspace's name can't stand in a URL");
  const integrations = `${workspace}/integrations`;

  return {
    get: async (hashId) => orAbsent(run(get(one(hashId)), viewOf(hashId))),
    list: (project) => {
      const query = project === undefined ? undefined : `?${new URLSearchParams({ project_name: project }).toString()}`;
      return run(get(integrations, query), wire.decodeList);
    },
    create: async (payload) => run(write("POST", integrations, payload), wire.decodeLive),
    update: async (hashId, payload) => orAbsent(run(write("PATCH", one(hashId), payload), viewOf(hashId))),
    restore: async (hashId, payload) => orAbsent(run(write("PATCH", one(hashId), payload), viewOf(hashId), restoring)),
    remove: async (hashId) => {
      const removed = await orAbsent(
        run({ method: "DELETE", path: one(hashId), ...EMPTY }, () => success("deleted" as const)),
      );
      return removed.ok ? success(removed.value ?? "absent") : removed;
    },
    members: () => pages(`${workspace}/members`, wire.decodeMembers, (member) => member.id),
    groups: () => run(get(`${workspace}/groups`), wire.decodeGroups),
    projects: () => pages(`${workspace}/projects`, wire.decodeProjects, (project) => project.name),
    project: async (name) => {
      const path = pathOf(name);
      return path === undefined
        ? success(undefined)
        : orAbsent(run(get(`${workspace}/projects${path}`), wire.decodeProject));
    },
    pipelines: async (project) => {
      const path = pathOf(project);
      if (path === undefined) return success(undefined);
      const all = `${workspace}/projects${path}/pipelines`;
      return orAbsent(pages(all, wire.decodePipelines, (pipeline) => pipeline.id));
    },
    owner: () => run(get("/user"), wire.decodeOwner),
  };

  /** The path of one integration. Whoever asks for it got the hash from a reader that checked it. */
  function one(hashId: HashId): string {
    if (!wire.isHashId(hashId)) throw new Error(`${JSON.stringify(hashId)} is not a hash_id`);
    return `${integrations}/${hashId}`;
  }

  async function run<T>(
    call: Call,
    decode: (json: unknown) => Result<T, string>,
    by: typeof send = send,
  ): Promise<Result<T, Failure>> {
    const sent = await by(call);
    if (!sent.ok) return sent;
    const decoded = readAnswer(call, sent.value.text, decode);
    return decoded.ok ? decoded : failure(unreadable(call, sent.value, decoded.error));
  }

  function pages<T>(
    path: string,
    decode: (json: unknown) => Result<readonly T[], string>,
    identity: (item: T) => unknown,
  ): Promise<Result<readonly T[], Failure>> {
    const endless = (): Failure => unreadable(get(path), { status: 200 }, "it has no last page");
    return readPages((query) => run(get(path, query), decode), identity, endless);
  }
}

/** The view of this integration: an answer about another one must not be taken for it. */
function viewOf(hashId: HashId): (json: unknown) => Result<Live, string> {
  return (json) => {
    const live = wire.decodeLive(json);
    return !live.ok || live.value.hashId === hashId ? live : failure(`it is about ${live.value.hashId}`);
  };
}

function get(path: string, query?: string): Call {
  return { method: "GET", path, ...EMPTY, ...(query !== undefined && { query }) };
}

function write(method: "POST" | "PATCH", path: string, payload: Payload): Call {
  return { method, path, ...wire.encode(payload), maxBytes: MAX_BYTES };
}

function readAnswer<T>(call: Call, text: string, decode: (json: unknown) => Result<T, string>): Result<T, string> {
  if (isHtml(text)) return failure("it is an HTML page");
  if (text.trim() === "") return call.method === "DELETE" ? decode(undefined) : failure("it is empty");
  const json = parseJson(text);
  return json.ok ? decode(json.value) : failure(`it ${json.error}`);
}

/** 404 of something that need not exist is an answer. */
async function orAbsent<T>(result: Promise<Result<T, Failure>>): Promise<Result<T | undefined, Failure>> {
  const settled = await result;
  return !settled.ok && settled.error.kind === "not-found" ? success(undefined) : settled;
}
