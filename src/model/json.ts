import { Secret } from "./secret.ts";

/** Whether a typed value is a list. */
export function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}

/** Whether a typed value is a map. A `Secret` isn't one. */
export function isMap<T>(value: T): value is Extract<T, { readonly [name: string]: unknown }> {
  return isRecord(value) && !(value instanceof Secret);
}

/** Whether an unknown value is an object of JSON. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
