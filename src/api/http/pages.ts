import { failure, success } from "../../model/integration.ts";
import type { Result } from "../../model/integration.ts";

const PER_PAGE = 100;
/** A workspace has fewer people than this has room for; what has more pages is not a list of them. */
const MAX_PAGES = 1000;

/**
 * All items of a list that comes in pages. A page may be shorter than what was asked for, so only an empty one is the
 * end; or one that brings nothing new, for a server that ignores paging.
 * @param read one page, by its query.
 * @param identity what tells items apart.
 * @param endless the failure when there is no end.
 */
export async function readPages<T, E>(
  read: (query: string) => Promise<Result<readonly T[], E>>,
  identity: (item: T) => unknown,
  endless: () => E,
): Promise<Result<readonly T[], E>> {
  const found = new Map<unknown, T>();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const result = await read(`?page=${page}&per_page=${PER_PAGE}`);
    if (!result.ok) return result;
    const before = found.size;
    for (const item of result.value) found.set(identity(item), item);
    if (found.size === before) return success([...found.values()]);
  }
  return failure(endless());
}
