import { closeSync, openSync, writeSync } from "node:fs";

/** One request, without credentials: no body, no headers, and of the query only parameters that Buddy knows. */
export interface RequestLogEntry {
  /** When it arrived, in ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Such as `project_name=web`. Absent if there is none. */
  readonly query?: string | undefined;
  /** The status of the answer; 0 if the connection was cut or got no answer. */
  readonly status: number;
  /** Milliseconds from the last byte of the request to the answer. */
  readonly ms: number;
  /** Name of the token, never the token. */
  readonly token?: string | undefined;
  /** The identifier in the request's body. */
  readonly identifier?: string | undefined;
  /** Kind of the fault that struck, and when. */
  readonly fault?: string | undefined;
  /** First message of an error that the API itself answered. */
  readonly error?: string | undefined;
}

const PARAMETERS = ["project_name", "project", "pipeline", "environment", "status", "page", "per_page"];

/** The part of a query that can be logged. */
export function loggableQuery(query: URLSearchParams): string | undefined {
  const known = [...query].filter(([name]) => PARAMETERS.includes(name));
  return known.length === 0 ? undefined : known.map(([name, value]) => `${name}=${value}`).join("&");
}

const MAX_KEPT = 100_000;

/** The last requests, in memory and, by option, as JSON lines in a file. */
export class RequestLog {
  readonly entries: RequestLogEntry[] = [];
  readonly #fd: number | undefined;
  readonly #listener: ((entry: RequestLogEntry) => void) | undefined;

  constructor(path?: string, listener?: (entry: RequestLogEntry) => void) {
    this.#fd = path === undefined ? undefined : openSync(path, "a");
    this.#listener = listener;
  }

  add(entry: RequestLogEntry): void {
    if (this.entries.length >= MAX_KEPT) this.entries.splice(0, MAX_KEPT / 10);
    this.entries.push(entry);
    if (this.#fd !== undefined) writeSync(this.#fd, `${JSON.stringify(entry)}\n`);
    this.#listener?.(entry);
  }

  clear(): void {
    this.entries.length = 0;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}
