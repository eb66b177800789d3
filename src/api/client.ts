import type { HashId, Json, ListedIntegration, LiveIntegration, Payload, Result } from "../model/integration.ts";

export type { Payload };

interface FailedRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path below the API's base, without a query. */
  readonly path: string;
  /** `X-Request-Id` of the response, if it had one. */
  readonly requestId?: string;
}

interface FailedResponse extends FailedRequest {
  readonly status: number;
  /** The server's words, without those that contain part of a value; may be empty. */
  readonly messages: readonly string[];
  /** An earlier attempt of this write got no clear response, and may have been carried out. */
  readonly attemptLost?: true;
}

/** 401. */
export interface Unauthorized extends FailedResponse {
  readonly kind: "unauthorized";
}
/** 403, and every response that says that the API is disabled in the workspace. */
export interface Forbidden extends FailedResponse {
  readonly kind: "forbidden";
  /** The server said that the API is disabled in the workspace. */
  readonly apiDisabled?: true;
}
/** 404 of something that must exist: the workspace, a project. */
export interface NotFound extends FailedResponse {
  readonly kind: "not-found";
}
/** Any other 4xx: the server refused the request, and nothing was done by it. */
export interface Rejected extends FailedResponse {
  readonly kind: "rejected";
}
/** 429 for longer than `--max-wait` allows. */
export interface RateLimited extends FailedResponse {
  readonly kind: "rate-limited";
  /** How long the call waited before it gave up; 0 if the server requested a longer wait than allowed. */
  readonly waitedMs: number;
}
/** 5xx, after all retries. */
export interface ServerError extends FailedResponse {
  readonly kind: "server-error";
}
/** A 3xx: never followed to another host. */
export interface Redirected extends FailedResponse {
  readonly kind: "redirected";
  /** Origin of the Location header, or "" where there is none that can be read. */
  readonly to: string;
}
/**
 * A 2xx whose body isn't what it should be: HTML, truncated, no hash_id, too large. Also a 404 that is an HTML page: it
 * doesn't come from the API, so it must never be read as "no such integration".
 */
export interface UnreadableResponse extends FailedResponse {
  readonly kind: "unreadable";
  /** Words that follow "the response can't be read:". They never contain text of the response. */
  readonly problem: string;
}
/** No response: refused, reset, unknown host, TLS. `code` is the system's (`ECONNREFUSED`…). */
export interface NetworkError extends FailedRequest {
  readonly kind: "network";
  readonly code: string;
  readonly message: string;
  /** The connection never came about, so that nothing was sent. */
  readonly neverConnected?: true;
}
/** No complete response in time. */
export interface TimedOut extends FailedRequest {
  readonly kind: "timeout";
  readonly seconds: number;
}
/** The run was interrupted before the request was sent. */
export interface Interrupted extends FailedRequest {
  readonly kind: "interrupted";
}

/** Every way in which a call can fail that is not a bug. */
export type ApiFailure =
  | Unauthorized
  | Forbidden
  | NotFound
  | Rejected
  | RateLimited
  | ServerError
  | Redirected
  | UnreadableResponse
  | NetworkError
  | TimedOut
  | Interrupted;

export interface Member {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly admin: boolean;
}
export interface Group {
  readonly id: number;
  readonly name: string;
}
export interface Project {
  /** The slug: what `project_name` holds. */
  readonly name: string;
  readonly displayName: string;
}
/** A project as GET returns it. */
export interface FullProject extends Project {
  /** The integration that its link to a Git provider uses; it is set when the project is created, and never later. */
  readonly integration?: HashId;
}
export interface Pipeline {
  readonly id: number;
  readonly name: string;
  readonly identifier?: string;
  /** Whether the pipeline is kept in a file of this or another project. Then the file defines its actions. */
  readonly inFile: boolean;
}
/** An action of a pipeline that is kept in Buddy itself. */
export interface PipelineAction {
  readonly name: string;
  /** Its other members in the response. They depend on the action's type. */
  readonly fields: ReadonlyMap<string, Json>;
}
/** The user whose token it is. */
export interface TokenOwner {
  readonly id: number;
  readonly email?: string;
}

/** What a token may do, and until when. The API never returns the token itself. */
export interface TokenFacts {
  /** Names of scopes: those used before August 2026, or the new ones. */
  readonly scopes: readonly string[];
  /** As the server writes it, ISO 8601. */
  readonly expiresAt?: string;
  /** Handles of the workspaces that it is limited to. Empty: all workspaces of its owner. */
  readonly workspaces: readonly string[];
}

/**
 * The integrations API as this tool uses it. Every method settles with a Result; only a bug makes one reject.
 * GET, PATCH and DELETE are retried inside; POST never is.
 */
export interface ApiClient {
  /** `undefined`: the server says that no such integration exists (404). */
  get(hashId: HashId): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  /**
   * One part of the list: of the project, else of the workspace itself. An older server lists everything in each. A project
   * that the server doesn't know fails with `not-found`.
   * @param freshness `again`: read it again, even if the client shares earlier reads
   */
  list(project?: string, freshness?: "again"): Promise<Result<readonly ListedIntegration[], ApiFailure>>;
  /**
   * @param beforeSend awaited right before each sending of the request, also after a 429; `false` prevents the sending, and
   * the call fails as `interrupted`
   */
  create(payload: Payload, beforeSend?: () => Promise<boolean>): Promise<Result<LiveIntegration, ApiFailure>>;
  /** `undefined`: gone (404). */
  update(hashId: HashId, payload: Payload): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  /** An update that is sent even after the run was interrupted: it undoes an unfinished step. */
  restore(hashId: HashId, payload: Payload): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  /** `absent`: it was already gone (404). */
  remove(hashId: HashId): Promise<Result<"deleted" | "absent", ApiFailure>>;
  /** All pages. */
  members(): Promise<Result<readonly Member[], ApiFailure>>;
  groups(): Promise<Result<readonly Group[], ApiFailure>>;
  projects(): Promise<Result<readonly Project[], ApiFailure>>;
  /** `undefined`: no such project. */
  project(name: string): Promise<Result<FullProject | undefined, ApiFailure>>;
  /** `undefined`: no such project. */
  pipelines(project: string): Promise<Result<readonly Pipeline[] | undefined, ApiFailure>>;
  /** Unpaged. `undefined`: no such pipeline. */
  actions(project: string, pipelineId: number): Promise<Result<readonly PipelineAction[] | undefined, ApiFailure>>;
  /** `GET /user`. */
  owner(): Promise<Result<TokenOwner, ApiFailure>>;
  /** `GET /user/token`. */
  token(): Promise<Result<TokenFacts, ApiFailure>>;
}
