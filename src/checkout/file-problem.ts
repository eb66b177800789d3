/** Why a file could not be read or written. */
export interface FileProblem {
  /** The system's code: `ENOENT`, `EACCES`, `ENOSPC`, `EISDIR`… */
  readonly code: string;
  /** The problem in words, without the path. */
  readonly message: string;
}

/** The system's code and words of an error that `node:fs` threw. Anything else is a bug and is rethrown. */
export function fileProblem(error: unknown): FileProblem {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    const words = error.code === "EISDIR" ? "it is a folder" : /^\w+: ([^,]+)/.exec(error.message)?.[1];
    return { code: error.code, message: words ?? error.code };
  }
  throw error;
}
