import { Secret } from "./secret.ts";

/** A list among typed values. */
export function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}

/** A map among typed values, and no `Secret`. */
export function isMap<T>(value: T): value is Extract<T, { readonly [name: string]: unknown }> {
  return isRecord(value) && !(value instanceof Secret);
}

/** An object of JSON that nothing is known of yet. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
