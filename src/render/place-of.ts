import type { Place } from "../model/diagnostic.ts";
import type { Key } from "../model/integration.ts";

/** Finds the place of an integration in the file, or of one of its fields by the field's path in the plan. */
export type PlaceOf = (key: Key, path?: string) => Place | undefined;
