/** A stream that text is written to. */
export interface Output {
  /**
   * @param as `commands`: the text has this program's own commands for a terminal or a CI runner, which must be kept
   */
  write(text: string, as?: "commands"): void;
  readonly isTTY: boolean;
  /**
   * Whether the stream is a pipe that it doesn't share with the other stream. Then what is written goes to the
   * program that started this one: no shell has redirected, merged or captured it. Absent: not known.
   */
  readonly isOwnPipe?: boolean;
  /** The width in columns, if it is a terminal. */
  readonly columns?: number | undefined;
}

/** The result of running git. `missing`: it can't be run at all. */
export type GitAnswer =
  | { readonly kind: "ended"; readonly code: number; readonly stdout: Uint8Array; readonly stderr: string }
  | { readonly kind: "missing"; readonly why: string };

/** The world outside. `process.ts` passes in the real one, and tests pass in their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory, an absolute path. */
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** Asks for one line. Undefined at the end of the input. `hidden`: what is typed isn't shown. */
  ask(question: string, answer?: "hidden"): Promise<string | undefined>;
  /** Sends requests, unless a proxy or `BUDDY_INSECURE` requires another way. Absent: direct connections. */
  readonly fetch?: typeof globalThis.fetch;
  /** Aborted by the first SIGINT or SIGTERM; `reason` is the signal's name. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds; at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls the action every `ms` milliseconds, without keeping the process alive.
   * @returns a function that ends the calls
   */
  every(ms: number, action: () => void): () => void;
  /** A random number in [0, 1), for jitter. */
  random(): number;
  readonly pid: number;
  readonly hostname: string;
  /** The version of Node.js, without a `v`. */
  readonly nodeVersion: string;
  /** Runs git in a folder. Nothing that a repository names as a program is run, and nothing is fetched. */
  git(folder: string, args: readonly string[]): Promise<GitAnswer>;
  /** Whether a process of this machine is running. A zombie isn't. */
  isAlive(pid: number): boolean;
  /** What distinguishes a process from a later one with the same number; undefined if the system doesn't say. */
  processStart(pid: number): string | undefined;
}
