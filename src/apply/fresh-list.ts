import type { ApiFailure } from "../api/client.ts";
import { isInPlace, type Identity, type IntegrationPlace } from "../model/identity.ts";
import type { LockSection } from "../model/lockfile.ts";
import type { HashId, ListedIntegration, LiveIntegration, Result } from "../model/integration.ts";
import { success } from "../model/integration.ts";
import type { ObservedWorkspace } from "../plan/input.ts";
import { listPartOf, projectOfPart, type ListPart } from "../plan/match/list-parts.ts";

/** How long a list is recent enough for creating. */
const FRESH_MS = 2_000;

/** What the fresh list needs of the API. */
interface IntegrationLister {
  list(project?: string): Promise<Result<readonly ListedIntegration[], ApiFailure>>;
  get(hashId: HashId): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
}

/** What existed before a creation. */
interface PresentIntegrations {
  /** Every hash. */
  readonly known: ReadonlySet<HashId>;
  /** The hashes of the same type and name. */
  readonly alike: readonly HashId[];
  /** An integration in the same place with the same identifier that appeared after the plan was made. */
  readonly appeared: HashId | undefined;
}

/**
 * What is in the workspace right before a creation. It reads only the part of the list in which the new integration
 * would appear, and only if the last reading, which may be the plan's, is older than 2 s.
 */
export class FreshList {
  readonly #api: IntegrationLister;
  readonly #now: () => number;
  readonly #planned: ReadonlySet<HashId>;
  readonly #owned: readonly HashId[];
  readonly #made = new Set<HashId>();
  readonly #readings = new Map<
    ListPart,
    { readonly at: number; readonly list: ReturnType<IntegrationLister["list"]> }
  >();

  constructor(
    api: IntegrationLister,
    { observed, section }: { readonly observed: ObservedWorkspace; readonly section: LockSection },
    now: () => number,
  ) {
    this.#api = api;
    this.#now = now;
    this.#owned = [...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]);
    const listed = [...observed.parts.values()].flatMap((part) => ("why" in part ? [] : part));
    this.#planned = new Set([...listed.map(({ hashId }) => hashId), ...this.#owned]);
    const { readAt } = observed;
    if (readAt === undefined) return;
    for (const [part, list] of observed.parts) {
      if (!("why" in list)) this.#readings.set(part, { at: readAt, list: Promise.resolve(success(list)) });
    }
  }

  /** What exists before this creation. A name that comes from a reference is undefined. */
  async readBefore(
    place: Identity,
    { identifier, name }: { readonly identifier: string; readonly name: string | undefined },
  ): Promise<Result<PresentIntegrations, ApiFailure>> {
    const list = await this.#read(place);
    if (!list.ok) return list;
    const known = new Set([...list.value.map(({ hashId }) => hashId), ...this.#owned]);
    const alike = list.value.flatMap((item) => (item.type === place.type && item.name === name ? [item.hashId] : []));
    for (const item of list.value) {
      const isNew = !this.#planned.has(item.hashId) && !this.#made.has(item.hashId);
      if (!isNew || item.identifier !== identifier || !isInPlace(place, item)) continue;
      // The short view may not show where it belongs, and an older server lists other projects' integrations too.
      const view = item.scope === undefined ? await this.#api.get(item.hashId) : success(undefined);
      if (!view.ok) return view;
      if (view.value === undefined || isInPlace(place, view.value))
        return success({ known, alike, appeared: item.hashId });
    }
    return success({ known, alike, appeared: undefined });
  }

  /** Whether another creation of this run returned this hash. */
  isCreated(hashId: HashId): boolean {
    return this.#made.has(hashId);
  }

  /** A creation of this run returned this hash, so no other one made it. */
  addCreated(hashId: HashId): void {
    this.#made.add(hashId);
  }

  #read(place: IntegrationPlace): ReturnType<IntegrationLister["list"]> {
    const part = listPartOf(place);
    // Integrations of the scope ENVIRONMENT are never created.
    if (part === undefined) return Promise.resolve(success([]));
    const last = this.#readings.get(part);
    if (last !== undefined && this.#now() - last.at <= FRESH_MS) return last.list;
    const list = this.#api.list(projectOfPart(part));
    this.#readings.set(part, { at: this.#now(), list });
    return list;
  }
}
