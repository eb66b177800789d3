import type { Place } from "../model/diagnostic.ts";
import type { Key } from "../model/integration.ts";

/** Where the file says it: an integration, or a field of it by its path in the plan (`permissions.users`). */
export type PlaceOf = (key: Key, path?: string) => Place | undefined;
