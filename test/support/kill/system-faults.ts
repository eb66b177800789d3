/** What `system-preload.mjs` does to the program. */
export interface SystemFaults {
  /** Kills the program with SIGKILL at this boundary, counted from 1. */
  readonly killAt?: number;
  /** A file that gets a line for each boundary. */
  readonly log?: string;
  readonly fail?: readonly SystemFailure[];
}

/** An operation of the file system that fails. */
interface SystemFailure {
  readonly operation: "open" | "append" | "write" | "create" | "flush" | "truncate" | "link" | "rename" | "remove";
  /** Part of the path; for a rename, of the new path. */
  readonly path: string;
  /** The error code, such as ENOSPC. */
  readonly code: string;
  readonly words?: string;
  /** How many operations succeed first. */
  readonly after?: number;
  /** How many operations fail at most. */
  readonly times?: number;
  /** Writes half of the text before it fails, like a disk that gets full. */
  readonly half?: true;
  /** Kills the program instead of failing. */
  readonly kill?: true;
}
