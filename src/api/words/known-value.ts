import { fieldInfo } from "../../model/catalog.ts";
import type { Secret } from "../../model/secret.ts";

/**
 * What a field does with a value: it keeps it secret; it shows it, since the API returns it; or neither, as a write-only
 * field that need not be a reference.
 */
export type ValueUse = "secret" | "returned" | "write-only";

/** A value of this run that the server's words are searched for. It leaves `api/` never. */
export interface KnownValue {
  readonly variable: string;
  readonly value: string;
  readonly use: ValueUse;
}

/** A reference of the file, with what its field does with the value. */
export interface UsedSecret {
  readonly secret: Secret;
  readonly use: ValueUse;
}

/** A field that nobody documents may be a secret one. */
export function valueUse(field: string): ValueUse {
  const info = fieldInfo(field);
  if (info === undefined || info.secret) return "secret";
  return info.returned ? "returned" : "write-only";
}
