import type { Io } from "../io.ts";
import type { Repository } from "./github/branches.ts";
import type { GitHubClient } from "./github/client.ts";

/** What an action works with: the runner's files and variables, the program, and GitHub's API. */
export interface ActionJob {
  /** An input of the action; empty if it isn't given. */
  readonly input: (name: string) => string;
  /** A variable that the runner sets; empty if it isn't set. */
  readonly variable: (name: string) => string;
  /** The event that started the job, as GitHub describes it. */
  readonly event: unknown;
  readonly repository: Repository;
  readonly github: GitHubClient;
  readonly io: Pick<Io, "cwd" | "git" | "now" | "signal" | "sleep">;
  /** A folder on this job's runner, outside the checkout. */
  readonly folder: string;
  readonly log: ActionLog;
  /** Runs `buddy-integrations ARGUMENTS` here. `show`: into the log; `capture`: stdout is kept. */
  readonly program: (args: readonly string[], stdout?: "show" | "capture") => Promise<ProgramEnd>;
  readonly setOutput: (name: string, value: string) => Promise<void>;
  /** Saves a value of the main step for the step that runs at the end of the job. */
  readonly saveState: (name: string, value: string) => Promise<void>;
  readonly state: (name: string) => string;
  /** Adds Markdown to the summary of the step. */
  readonly addSummary: (markdown: string) => Promise<void>;
}

export interface ProgramEnd {
  readonly exit: number;
  /** What it printed, with `capture`. */
  readonly stdout: string;
}

/** The log of the step. Notices and errors are also annotations. */
export interface ActionLog {
  line(text: string): void;
  notice(text: string): void;
  error(text: string): void;
}

/** How an action ends. The codes are those of the command line. */
export const ACTION_EXIT = { done: 0, invalid: 3, failed: 5, notReviewed: 6 } as const;
