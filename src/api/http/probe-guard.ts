import { isHashId, type HashId } from "../../model/integration.ts";
import { isRecord } from "../../model/json.ts";
import { isProbeName } from "../../model/probe-name.ts";
import type { OwnedByProbe, ProbeBody, ProbeMethod } from "../probe-client.ts";

/** A request of a probe. It is about one integration if it has a `hashId`; otherwise about the list, the token, or a creation. */
export interface GuardedCall {
  readonly method: ProbeMethod;
  readonly hashId: HashId | undefined;
  readonly body: ProbeBody | undefined;
}

export interface ProbeLimits {
  /** The only project that anything is created in. */
  readonly project: string;
  /** The token's owner, the only person that may be given a right; undefined where it isn't known. */
  readonly owner: number | undefined;
}

/** Refused creations count too, since their outcome isn't certain. */
export const MOST_CREATIONS = 10;

/**
 * Checks each request of a probe right before it is sent, so that a mistake in the probe's steps can't change other
 * integrations. It relies only on responses that it has seen: they say what existed before, what was created, and how an
 * integration looks now. A refused request is a bug, so it throws.
 */
export class ProbeGuard {
  readonly #limits: ProbeLimits;
  readonly #there = new Set<HashId>();
  readonly #posted = new Set<string>();
  /** Integrations with a probe's name that a GET returned. `isShut`: closed to people and pipelines. */
  readonly #confirmed = new Map<HashId, { readonly name: string; readonly isShut: boolean }>();
  readonly #owned = new Map<HashId, string>();
  readonly #leftovers = new Map<HashId, string>();
  #posts = 0;
  #listed = false;

  constructor(limits: ProbeLimits) {
    this.#limits = limits;
  }

  get owned(): readonly OwnedByProbe[] {
    return [...this.#leftovers, ...this.#owned].map(([hashId, name]) => ({ hashId, name }));
  }

  get creationsLeft(): number {
    return MOST_CREATIONS - this.#posts;
  }

  /** @throws unless the request may be sent */
  admit({ method, hashId, body = {} }: GuardedCall): void {
    if (method === "GET") return;
    if (method === "POST") return this.#admitCreation(hashId, body);
    const isOwn = hashId !== undefined && this.#owned.has(hashId);
    if (method === "DELETE") {
      if (!isOwn && (hashId === undefined || !this.#leftovers.has(hashId))) refuse("delete what it didn't create");
      return;
    }
    if (!isOwn) refuse("change what it didn't create");
    const { name } = body;
    if (name !== undefined && (typeof name !== "string" || !this.#posted.has(name))) refuse("give away its name");
    this.#checkShut(body, "left-out-is-kept");
  }

  /** Learns from a response. */
  observe({ method, hashId, body }: GuardedCall, status: number, json: unknown): void {
    if (status < 200 || status > 299 || !isRecord(json)) return;
    if (method === "GET" && hashId === undefined) return this.#learnList(json);
    const { hash_id: hash, name } = json;
    if (typeof hash !== "string" || !isHashId(hash) || typeof name !== "string") return;
    // A response about another integration says nothing about the probe's own ones.
    if (method === "POST" && name === body?.["name"] && !this.#there.has(hash)) this.#owned.set(hash, name);
    // If it is left behind, it is reported with its current name.
    if (method === "PATCH" && hash === hashId && this.#owned.has(hash)) this.#owned.set(hash, name);
    if (method === "GET" && hash === hashId && isProbeName(name)) {
      this.#confirmed.set(hash, { name, isShut: looksShut(json) });
    }
  }

  claim(hashId: HashId): boolean {
    const seen = this.#confirmed.get(hashId);
    if (seen === undefined) return false;
    if (this.#owned.has(hashId) || this.#leftovers.has(hashId)) return true;
    if (this.#posted.has(seen.name) && !this.#there.has(hashId)) this.#owned.set(hashId, seen.name);
    else if (seen.isShut) this.#leftovers.set(hashId, seen.name);
    else return false;
    return true;
  }

  #admitCreation(hashId: HashId | undefined, body: ProbeBody): void {
    const { name, scope, project_name: project } = body;
    if (hashId !== undefined) refuse("create inside an integration");
    if (!this.#listed) refuse("create before it has read what is there");
    if (this.#posts >= MOST_CREATIONS) refuse(`send more than ${MOST_CREATIONS} creations`);
    if (typeof name !== "string" || !isProbeName(name)) refuse("create under another name");
    const isInPlace =
      scope === "WORKSPACE" ? project === undefined : scope === "PROJECT" && project === this.#limits.project;
    if (!isInPlace) refuse("create in another place");
    this.#checkShut(body, "must-be-said");
    this.#posts += 1;
    this.#posted.add(name);
  }

  #checkShut(body: ProbeBody, leftOut: "must-be-said" | "left-out-is-kept"): void {
    const { permissions, all_pipelines_allowed: all, allowed_pipelines: some } = body;
    const isKept = leftOut === "left-out-is-kept";
    if (!(all === false || (isKept && all === undefined)) || some !== undefined) refuse("open it to a pipeline");
    if (permissions === undefined && isKept) return;
    if (!isRecord(permissions)) return refuse("open it to people");
    const { others, admins = "MANAGE", users = [], groups, ...rest } = permissions;
    const isOwner = (grant: unknown): boolean =>
      isRecord(grant) && this.#limits.owner !== undefined && grant["id"] === this.#limits.owner;
    const isShut = others === "DENIED" && admins === "MANAGE" && groups === undefined && Object.keys(rest).length === 0;
    if (!isShut || !Array.isArray(users) || !users.every(isOwner)) refuse("open it to people");
  }

  #learnList(json: Readonly<Record<string, unknown>>): void {
    const { integrations } = json;
    if (!Array.isArray(integrations)) return;
    this.#listed = true;
    if (this.#posts > 0) return;
    for (const item of integrations as readonly unknown[]) {
      const hash = isRecord(item) ? item["hash_id"] : undefined;
      if (typeof hash === "string") this.#there.add(hash);
    }
  }
}

/** Whether it is closed to people and pipelines, as a probe creates it. If it was opened since, somebody may use it. A missing member counts as closed. */
function looksShut({ permissions, all_pipelines_allowed: all }: Readonly<Record<string, unknown>>): boolean {
  const others = isRecord(permissions) ? permissions["others"] : undefined;
  return (others === undefined || others === "DENIED") && all !== true;
}

function refuse(what: string): never {
  throw new Error(`a probe was about to ${what}; nothing was sent`);
}
