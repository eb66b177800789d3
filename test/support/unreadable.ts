/** The id of the user `nobody`, who can read only public files. */
const NOBODY = 65_534;

/**
 * Runs something as a user who must obey file modes, which root doesn't. The effective user belongs to the whole
 * process, so nothing else may run at the same time.
 */
export async function withoutRoot<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(NOBODY);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
