/** A stream that text is written to. */
export interface Output {
  /** @param as `commands`: a runner's commands, of ours, which are not made harmless. */
  write(text: string, as?: "commands"): void;
  readonly isTTY: boolean;
  /**
   * Whether it is a pipe, and not the other stream's: what is written then goes to the program that started this one, and
   * is not part of something that a shell has redirected, merged or captured. Absent: not known to be.
   */
  readonly isOwnPipe?: boolean;
  /** Width in columns, where it is a terminal. */
  readonly columns?: number | undefined;
}

/** What came of running git; `missing`: it can't be run at all. */
export type GitAnswer =
  | { readonly kind: "ended"; readonly code: number; readonly stdout: Uint8Array; readonly stderr: string }
  | { readonly kind: "missing"; readonly why: string };

/** The world outside, as `process.ts` hands it in; tests hand in their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths of the command line start here. */
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** One line from the person, undefined at the end of the input. `hidden`: what is typed isn't shown. */
  ask(question: string, answer?: "hidden"): Promise<string | undefined>;
  /** What requests are sent with, where neither a proxy nor `BUDDY_INSECURE` decides it. Absent: direct connections. */
  readonly fetch?: typeof globalThis.fetch;
  /** Aborted by the first SIGINT or SIGTERM; `reason` is the signal's name. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds; at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Acts every so many milliseconds until it is ended; it keeps no process alive. @returns ends it */
  every(ms: number, action: () => void): () => void;
  /** In [0, 1), for jitter. */
  random(): number;
  readonly pid: number;
  readonly hostname: string;
  /** Of Node.js, without a `v`. */
  readonly nodeVersion: string;
  /** Runs git in a folder. Nothing that a repository names as a program is run, and nothing is fetched. */
  git(folder: string, args: readonly string[]): Promise<GitAnswer>;
  /** Whether a process of this machine runs; a zombie doesn't. */
  isAlive(pid: number): boolean;
  /** What distinguishes it from a later process with the same number; undefined where nothing does. */
  processStart(pid: number): string | undefined;
}
