/** A user who may read only what everybody may. */
const NOBODY = 65_534;

/**
 * Runs something as a user whom modes of files hold back, as root is not. The effective user is the process's, so nothing
 * else may run meanwhile.
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
