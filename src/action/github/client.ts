import { failure, success } from "../../model/integration.ts";
import { answerAt, answerList, answerText } from "./answers.ts";
import type { GitHubFailure, GitHubResult } from "./failure.ts";
import { rateLimitWait } from "./rate-limit.ts";

/** For one response. */
const TIMEOUT_MS = 30_000;
/** For all waits for rate limits together. Rather than wait longer, a person should run the job again later. */
const MOST_WAITING_MS = 15 * 60_000;
/** How often a request that changes nothing is sent. */
const MOST_TRIES = 4;
const LARGEST_ANSWER = 64 * 1024 * 1024;

export interface GitHubOptions {
  /** `GITHUB_API_URL` and `GITHUB_GRAPHQL_URL`, as the runner sets them. The token goes there and nowhere else. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called before a wait begins. */
  readonly onWait: (seconds: number, why: string) => void;
}

interface GitHubRequest {
  readonly method: "GET" | "POST" | "PATCH";
  readonly url: string;
  readonly what: string;
  readonly accept: string;
  readonly body: object | undefined;
  /** Whether it may be sent again when its response is lost. */
  readonly repeatable: boolean;
}

interface GitHubAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

const JSON_TYPE = "application/vnd.github+json";

/** GitHub's API. A request that changes something is sent once. Others are sent again if the response is lost. */
export class GitHubClient {
  readonly #options: GitHubOptions;
  #waited = 0;

  constructor(options: GitHubOptions) {
    this.#options = options;
  }

  /** @param path such as `/repos/OWNER/NAME/pulls` */
  get(path: string): Promise<GitHubResult<unknown>> {
    return this.#json({ ...this.#rest("GET", path), repeatable: true });
  }

  /** The content of a file, as it is. */
  async raw(path: string): Promise<GitHubResult<Uint8Array>> {
    const request = { ...this.#rest("GET", path), accept: "application/vnd.github.raw+json", repeatable: true };
    const answer = await this.#send(request);
    return answer.ok ? success(answer.value.bytes) : answer;
  }

  /**
   * Reads what GitHub redirects to: its storage, which doesn't get the token.
   * @param limit in bytes
   */
  async redirected(path: string, limit: number): Promise<GitHubResult<Uint8Array>> {
    const answer = await this.#send({ ...this.#rest("GET", path), repeatable: true });
    if (!answer.ok) return answer;
    const location = answer.value.headers.get("location");
    if (answer.value.status < 300 || location === null) return success(answer.value.bytes);
    const stored = await this.#download(new URL(location, this.#options.apiUrl), limit);
    return stored ?? failure({ kind: "lost", status: undefined, message: `GET ${path}: the download failed` });
  }

  post(path: string, body: object): Promise<GitHubResult<unknown>> {
    return this.#json({ ...this.#rest("POST", path), body, repeatable: false });
  }

  patch(path: string, body: object): Promise<GitHubResult<unknown>> {
    return this.#json({ ...this.#rest("PATCH", path), body, repeatable: false });
  }

  /** A query, which may be repeated. @returns its `data` */
  query(query: string, variables: object): Promise<GitHubResult<unknown>> {
    return this.#graphql(query, variables, true);
  }

  /** A mutation, which is sent once. @returns its `data` */
  mutate(query: string, variables: object): Promise<GitHubResult<unknown>> {
    return this.#graphql(query, variables, false);
  }

  async #graphql(query: string, variables: object, repeatable: boolean): Promise<GitHubResult<unknown>> {
    const what = /\b(?:query|mutation) (\w+)/.exec(query)?.[1] ?? "a query";
    const answer = await this.#json({
      method: "POST",
      url: this.#options.graphqlUrl,
      what,
      accept: JSON_TYPE,
      body: { query, variables },
      repeatable,
    });
    if (!answer.ok) return answer;
    const [first] = answerList(answer.value, "errors");
    if (first === undefined) return success(answerAt(answer.value, "data"));
    const isMissing = answerText(first, "type") === "NOT_FOUND";
    const message = `${what}: ${answerText(first, "message") ?? "GitHub reports an error"}`;
    return failure({ kind: isMissing ? "not-found" : "refused", status: 200, message });
  }

  #rest(method: GitHubRequest["method"], path: string): Omit<GitHubRequest, "repeatable"> {
    const what = `${method} ${path.replace(/\?.*$/, "")}`;
    return { method, url: `${this.#options.apiUrl}${path}`, what, accept: JSON_TYPE, body: undefined };
  }

  async #json(request: GitHubRequest): Promise<GitHubResult<unknown>> {
    const answer = await this.#send(request);
    if (!answer.ok) return answer;
    const value = parseAnswer(answer.value.bytes);
    if (value !== undefined) return success(value);
    return failure({ kind: "odd", status: answer.value.status, message: `${request.what}: the response isn't JSON` });
  }

  async #send(request: GitHubRequest): Promise<GitHubResult<GitHubAnswer>> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#sendOnce(request);
      const status = answer?.status;
      if (answer !== undefined && answer.status < 500) {
        const words = wordsOf(answer);
        const wait = rateLimitWait({ ...answer, words }, this.#options.now());
        if (wait === undefined) return answer.status < 400 ? success(answer) : failure(refusal(request, answer, words));
        if (!(await this.#wait(wait, "the rate limit of GitHub's API is used up"))) {
          const message = `${request.what}: the rate limit of GitHub's API lasts ${Math.ceil(wait / 1000)} s more, so run the job again later`;
          return failure({ kind: "limited", status: answer.status, message });
        }
        tries -= 1;
        continue;
      }
      const why = status === undefined ? "no response" : `GitHub returned ${status}`;
      if (!request.repeatable || tries >= MOST_TRIES)
        return failure({ kind: "lost", status, message: `${request.what}: ${why}` });
      await this.#options.sleep(2 ** (tries - 1) * 1000);
    }
  }

  async #wait(ms: number, why: string): Promise<boolean> {
    if (this.#waited + ms > MOST_WAITING_MS) return false;
    this.#waited += ms;
    this.#options.onWait(Math.ceil(ms / 1000), why);
    await this.#options.sleep(ms);
    return true;
  }

  /** @returns undefined if no complete response arrived */
  async #sendOnce({ method, url, accept, body }: GitHubRequest): Promise<GitHubAnswer | undefined> {
    const { fetch, token } = this.#options;
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept,
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "user-agent": "buddy-integrations",
          "x-github-api-version": "2022-11-28",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect must not send the token elsewhere.
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, headers: response.headers, bytes: await readLimited(response, LARGEST_ANSWER) };
    } catch {
      return undefined;
    }
  }

  async #download(url: URL, limit: number): Promise<GitHubResult<Uint8Array> | undefined> {
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      try {
        const response = await this.#options.fetch(url.href, {
          headers: { "user-agent": "buddy-integrations" },
          redirect: "manual",
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (response.status === 200) return success(await readLimited(response, limit));
        if (response.status < 500) return undefined;
      } catch (error) {
        if (error instanceof RangeError) return undefined;
      }
      await this.#options.sleep(2 ** (tries - 1) * 1000);
    }
    return undefined;
  }
}

/** @throws RangeError if the body is larger */
async function readLimited(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw new RangeError(`an answer of more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseAnswer(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** What GitHub says about an error or a rate limit; empty if it says nothing. */
function wordsOf({ status, bytes, headers }: GitHubAnswer): string {
  const isJson = headers.get("content-type")?.includes("json") ?? false;
  if (!isJson || (status < 400 && bytes.byteLength > 100_000)) return "";
  const value = parseAnswer(bytes);
  const [error] = answerList(value, "errors");
  const type = answerText(error, "type") === "RATE_LIMITED" ? "rate limit: " : "";
  if (status < 400) return type === "" ? "" : `${type}${answerText(error, "message") ?? ""}`;
  return [answerText(value, "message"), answerText(error, "message") ?? error]
    .filter((text) => typeof text === "string")
    .join(": ");
}

function refusal({ what }: GitHubRequest, { status }: GitHubAnswer, words: string): GitHubFailure {
  const kind = status === 404 || status === 410 ? "not-found" : "refused";
  return { kind, status, message: `${what}: ${status}${words === "" ? "" : ` ${words}`}` };
}
