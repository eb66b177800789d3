import type { HashId, Json } from "../model/integration.ts";

/** What a probe sends: plain, invented values, and never a value of the user. */
export type ProbeBody = Readonly<Record<string, Json>>;

export type ProbeMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** What a response says about rate limits. */
export interface RateLimitHeaders {
  /** How many of the three documented headers it has. */
  readonly documented: number;
  /** Undefined if the response has no reset time. */
  readonly reset: "epoch-seconds" | "another-unit" | undefined;
}

/** A complete response, with any status, as it arrived. */
export interface ProbeAnswer {
  readonly kind: "answered";
  readonly method: ProbeMethod;
  readonly status: number;
  /** Undefined where the body isn't JSON. */
  readonly json: unknown;
  /** The server's words. They may be shown to the person who runs the probe, and to nobody else. */
  readonly messages: readonly string[];
  readonly limits: RateLimitHeaders;
}

/** No complete response arrived. It isn't known whether the request was carried out. */
export interface LostProbeAnswer {
  readonly kind: "lost";
  readonly method: ProbeMethod;
}

export type ProbeReply = ProbeAnswer | LostProbeAnswer;

/** The parameters of a list: which part of it, and others. */
export type ListQuery = Readonly<Record<string, string>>;

/**
 * The API as a probe uses it: it returns every response as it arrived. It can only change what it created itself: a guard
 * checks each request right before it is sent. A creation is sent once; other requests are repeated if the response is lost.
 */
export interface ProbeApi {
  token(): Promise<ProbeReply>;
  list(query: ListQuery): Promise<ProbeReply>;
  get(hashId: HashId): Promise<ProbeReply>;
  create(body: ProbeBody): Promise<ProbeReply>;
  /** How many more creations may be sent. Those that the rate limit refuses count too. */
  creationsLeft(): number;
  edit(hashId: HashId, body: ProbeBody): Promise<ProbeReply>;
  remove(hashId: HashId): Promise<ProbeReply>;
  /**
   * Makes an integration the probe's own although no response named it: the response to its creation was lost, or an earlier
   * probe left it. The guard must have seen it in a GET. @returns whether it is the probe's own now
   */
  claim(hashId: HashId): boolean;
  /** What may be changed and deleted. */
  owned(): readonly OwnedByProbe[];
}

export interface OwnedByProbe {
  readonly hashId: HashId;
  readonly name: string;
}
