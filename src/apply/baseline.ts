import type { Failure } from "../api/client.ts";
import type { LockSection } from "../lockfile.ts";
import type { HashId, Listed, Result } from "../model.ts";
import { success } from "../model.ts";
import type { Observed } from "../plan/input.ts";

/** What was in the workspace before this run created anything. Read once, right before the first create. */
export class Baseline {
  readonly #api: { list(): Promise<Result<readonly Listed[], Failure>> };
  readonly #planned: ReadonlySet<HashId>;
  readonly #owned: readonly HashId[];
  #read: Promise<Result<readonly Listed[], Failure>> | undefined;

  constructor(
    api: { list(): Promise<Result<readonly Listed[], Failure>> },
    { observed, section }: { readonly observed: Observed; readonly section: LockSection },
  ) {
    this.#api = api;
    this.#owned = [...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]);
    this.#planned = new Set([...observed.listed.map(({ hashId }) => hashId), ...this.#owned]);
  }

  /** Every hash that was there, and one with this identifier that has appeared since the plan was made. */
  async before(
    identifier: string,
  ): Promise<Result<{ readonly known: ReadonlySet<HashId>; readonly appeared?: HashId }, Failure>> {
    this.#read ??= this.#api.list();
    const list = await this.#read;
    if (!list.ok) return list;
    const known = new Set([...list.value.map(({ hashId }) => hashId), ...this.#owned]);
    const appeared = list.value.find((item) => item.identifier === identifier && !this.#planned.has(item.hashId));
    return success(appeared === undefined ? { known } : { known, appeared: appeared.hashId });
  }
}
