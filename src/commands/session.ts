import type { EndReason } from "../exit.ts";
import type { Io } from "../io.ts";
import { harmlessIo } from "./harmless-io.ts";
import { canShowProgress, ProgressLine } from "./progress.ts";
import { createConsole, type CommandConsole, type ConsoleOptions } from "./console.ts";

/** What a run of a command works with. Every function of a command takes it first. */
export interface Session<Options extends ConsoleOptions = WorkspaceOptions> {
  /** The world outside. `io.signal` is the person's: it alone decides whether the run counts as interrupted. */
  readonly io: Io;
  readonly console: CommandConsole;
  readonly options: Options;
  /** Ends the work: `io.signal`, and whatever else makes it pointless, such as a lost run lock. */
  readonly signal: AbortSignal;
}

/** A command returns why it ends, in words; nothing when it is done. `exit.ts` turns the words into an exit code. */
export type CommandFunction<Options extends ConsoleOptions> = (
  session: Session<Options>,
) => Promise<readonly EndReason[]>;

/** The options of every command that reads the desired state and asks the API. */
export interface WorkspaceOptions extends ConsoleOptions {
  readonly file: string;
  readonly lockfile: string | undefined;
  readonly workspace: string | undefined;
  readonly api: string | undefined;
  readonly secretsFiles: readonly string[];
  /** Variables whose values look like placeholders and are meant. */
  readonly asIs: readonly string[];
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly maxWaitSeconds: number;
  /** Register values as masks with GitHub Actions. */
  readonly mask: boolean;
}

export function createSession<Options extends ConsoleOptions>(io: Io, options: Options): Session<Options> {
  const progress = !options.quiet && canShowProgress(io) ? new ProgressLine(io) : undefined;
  const safe = harmlessIo(io, options.color ? "with-colors" : "without-colors", progress);
  return { io: safe, options, console: createConsole(options, safe, progress), signal: io.signal };
}

/** The same session, whose work this signal ends too. */
export function withSignal<Options extends ConsoleOptions>(
  session: Session<Options>,
  signal: AbortSignal,
): Session<Options> {
  return { ...session, signal: AbortSignal.any([session.signal, signal]) };
}
