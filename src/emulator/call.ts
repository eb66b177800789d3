import type { EmulatorSettings } from "./settings.ts";
import type { Store } from "./store.ts";
import type { WorkspaceState } from "./state.ts";
import type { JsonObject, TokenRecord, UserRecord } from "./types.ts";
import type { Links } from "./views.ts";

/** An authenticated request that is about no workspace. */
export interface UserCall {
  readonly store: Store;
  readonly settings: EmulatorSettings;
  readonly links: Links;
  readonly token: TokenRecord;
  readonly user: UserRecord;
  /** Named parts of the path, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** Empty if the request has none. */
  readonly body: JsonObject;
  readonly now: Date;
}

/** An authenticated request within a workspace that the token can see. */
export interface WorkspaceCall extends UserCall {
  readonly ws: string;
  readonly workspace: WorkspaceState;
}

/** The items of the page that the request asks for. A page has 20 items by default. */
export function requestedPage<T>(call: UserCall, items: Iterable<T>): T[] {
  const number = positiveNumber(call.query.get("page"), 1);
  const size = positiveNumber(call.query.get("per_page"), 20);
  return [...items].slice((number - 1) * size, number * size);
}

function positiveNumber(text: string | null, fallback: number): number {
  const value = Number(text ?? fallback);
  return Number.isSafeInteger(value) && value > 0 ? value : fallback;
}
