import { failure, success } from "../../model/integration.ts";
import type { Result } from "../../model/integration.ts";

const PER_PAGE = 100;
/** No workspace has so many people, projects or pipelines. A list with more pages comes from a faulty server. */
const MAX_PAGES = 1000;

/**
 * Reads all items of a list that has pages. A page may be shorter than requested, so the list ends only at an empty page,
 * or at a page without new items: then the server ignores paging.
 * @param read reads one page, by its query.
 * @param identity the member in which items differ.
 * @param endless the failure if the list doesn't end.
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
