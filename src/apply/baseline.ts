import type { Failure } from "../api/client.ts";
import type { LockSection } from "../lockfile.ts";
import type { HashId, Listed, Result } from "../model.ts";
import { success } from "../model.ts";
import type { Observed } from "../plan/input.ts";

/** How long a list is good enough to create by. */
const FRESH_MS = 2_000;

/** What is in the workspace right before something is created: read anew when the last list is older than 2 s. */
export class Baseline {
  readonly #api: { list(): Promise<Result<readonly Listed[], Failure>> };
  readonly #now: () => number;
  readonly #planned: ReadonlySet<HashId>;
  readonly #owned: readonly HashId[];
  #read: Promise<Result<readonly Listed[], Failure>> | undefined;
  #readAt = 0;

  constructor(
    api: { list(): Promise<Result<readonly Listed[], Failure>> },
    { observed, section }: { readonly observed: Observed; readonly section: LockSection },
    now: () => number,
  ) {
    this.#api = api;
    this.#now = now;
    this.#owned = [...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]);
    this.#planned = new Set([...observed.listed.map(({ hashId }) => hashId), ...this.#owned]);
  }

  /** Every hash that was there, and one with this identifier that has appeared since the plan was made. */
  async before(
    identifier: string,
  ): Promise<Result<{ readonly known: ReadonlySet<HashId>; readonly appeared?: HashId }, Failure>> {
    if (this.#read === undefined || this.#now() - this.#readAt > FRESH_MS) {
      this.#readAt = this.#now();
      this.#read = this.#api.list();
    }
    const list = await this.#read;
    if (!list.ok) return list;
    const known = new Set([...list.value.map(({ hashId }) => hashId), ...this.#owned]);
    const appeared = list.value.find((item) => item.identifier === identifier && !this.#planned.has(item.hashId));
    return success(appeared === undefined ? { known } : { known, appeared: appeared.hashId });
  }
}
