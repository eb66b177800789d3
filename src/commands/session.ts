import type { EndReason } from "../exit.ts";
import type { Io } from "../io.ts";
import { harmlessIo } from "./harmless-io.ts";
import { canShowProgress, ProgressLine } from "./progress.ts";
import { createConsole, type CommandConsole, type ConsoleOptions } from "./console.ts";

/** What every function of a command works with, as its first argument. */
export interface Session<Options extends ConsoleOptions = WorkspaceOptions> {
  /** The world outside. Only `io.signal`, which comes from the person, makes the run count as interrupted. */
  readonly io: Io;
  readonly console: CommandConsole;
  readonly options: Options;
  /** Ends the work: aborted by `io.signal`, and by whatever else makes the work pointless, such as a lost run lock. */
  readonly signal: AbortSignal;
}

/** A command returns the reasons why it ends, or none if it succeeds. `exit.ts` turns them into an exit code. */
export type CommandFunction<Options extends ConsoleOptions> = (
  session: Session<Options>,
) => Promise<readonly EndReason[]>;

/** The options of every command that reads the desired state and uses the API. */
export interface WorkspaceOptions extends ConsoleOptions {
  readonly file: string;
  readonly lockfile: string | undefined;
  readonly workspace: string | undefined;
  readonly api: string | undefined;
  readonly secretsFiles: readonly string[];
  /** Variables whose values look like placeholders but are intended. */
  readonly asIs: readonly string[];
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly maxWaitSeconds: number;
  /** Ask GitHub Actions to mask the values in its log. */
  readonly mask: boolean;
}

export function createSession<Options extends ConsoleOptions>(io: Io, options: Options): Session<Options> {
  const progress = !options.quiet && canShowProgress(io) ? new ProgressLine(io) : undefined;
  const safe = harmlessIo(io, options.color ? "with-colors" : "without-colors", progress);
  return { io: safe, options, console: createConsole(options, safe, progress), signal: io.signal };
}

/** The same session, but this signal ends its work too. */
export function withSignal<Options extends ConsoleOptions>(
  session: Session<Options>,
  signal: AbortSignal,
): Session<Options> {
  return { ...session, signal: AbortSignal.any([session.signal, signal]) };
}
