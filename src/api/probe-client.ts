import type { HashId, Json } from "../model/integration.ts";

/** What a probe sends: plain values that are made up, and nothing of the user's. */
export type ProbeBody = Readonly<Record<string, Json>>;

export type ProbeMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** What an answer says of rate limits. */
export interface RateLimitHeaders {
  /** How many of the three documented headers it has. */
  readonly documented: number;
  /** Absent where there is no time of reset. */
  readonly reset: "epoch-seconds" | "another-unit" | undefined;
}

/** A complete answer, of whatever status, as it came. */
export interface ProbeAnswer {
  readonly kind: "answered";
  readonly method: ProbeMethod;
  readonly status: number;
  /** Undefined where the body isn't JSON. */
  readonly json: unknown;
  /** The server's words, fit to be shown to the person, and to nobody else. */
  readonly messages: readonly string[];
  readonly limits: RateLimitHeaders;
}

/** No answer came, or none that can be read to its end; whether the request was carried out isn't known. */
export interface LostProbeAnswer {
  readonly kind: "lost";
  readonly method: ProbeMethod;
}

export type ProbeReply = ProbeAnswer | LostProbeAnswer;

/** Which part of the list, and with which other parameters. */
export type ListQuery = Readonly<Record<string, string>>;

/**
 * The API as a probe uses it: every answer as it came. It can't change anything but what it created itself: each request
 * passes a guard right before it is sent. A creation is sent once; all else is repeated when the answer is lost.
 */
export interface ProbeApi {
  token(): Promise<ProbeReply>;
  list(query: ListQuery): Promise<ProbeReply>;
  get(hashId: HashId): Promise<ProbeReply>;
  create(body: ProbeBody): Promise<ProbeReply>;
  /** How many more may be sent; those that the rate limit refuses count, too. */
  creationsLeft(): number;
  edit(hashId: HashId, body: ProbeBody): Promise<ProbeReply>;
  remove(hashId: HashId): Promise<ProbeReply>;
  /**
   * Makes an integration the probe's own that no answer named: one whose creation was lost, or what an earlier probe left.
   * The guard must have seen it by GET. @returns whether it is
   */
  claim(hashId: HashId): boolean;
  /** What may be changed and deleted. */
  owned(): readonly OwnedByProbe[];
}

export interface OwnedByProbe {
  readonly hashId: HashId;
  readonly name: string;
}
