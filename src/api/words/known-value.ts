import { fieldInfo } from "../../model/catalog.ts";
import type { Secret } from "../../model/secret.ts";

/**
 * What its field does with a value. `secret`: it is secret. `returned`: the API returns it. `write-only`: neither, and the
 * field need not be a reference.
 */
export type ValueUse = "secret" | "returned" | "write-only";

/** A value of this run that the server's words are searched for. It never leaves `api/`. */
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

/** An undocumented field may be secret. */
export function valueUse(field: string): ValueUse {
  const info = fieldInfo(field);
  if (info === undefined || info.secret) return "secret";
  return info.returned ? "returned" : "write-only";
}
