import type { Json } from "../../model/integration.ts";

/** A check of parsed JSON, and the type that it promises: no more than what was checked. */
export type Check<T> = (value: unknown) => value is T;
export type CheckedBy<C> = C extends Check<infer T> ? T : never;
export type Members = Readonly<Record<string, Check<unknown>>>;
export type CheckedObject<Required extends Members, Optional extends Members> = {
  readonly [Name in keyof Required]: CheckedBy<Required[Name]>;
} & { readonly [Name in keyof Optional]?: CheckedBy<Optional[Name]> };

export const isText = (value: unknown): value is string => typeof value === "string";
export const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
export const isCount = (value: unknown): value is number => Number.isInteger(value);
export const isAnyJson = (value: unknown): value is Json => value !== undefined;
export const isTexts = listOf(isText);

export function listOf<T>(isItem: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(isItem);
}

export function oneOf<Checks extends readonly Check<unknown>[]>(...checks: Checks): Check<CheckedBy<Checks[number]>> {
  return (value): value is CheckedBy<Checks[number]> => checks.some((check) => check(value));
}

export function objectOf<Required extends Members, Optional extends Members>(
  required: Required,
  optional: Optional,
): Check<CheckedObject<Required, Optional>> {
  return (value): value is CheckedObject<Required, Optional> => {
    if (!isObject(value)) return false;
    const members = new Map<string, unknown>(Object.entries(value));
    return (
      Object.entries(required).every(([name, check]) => check(members.get(name))) &&
      Object.entries(optional).every(([name, check]) => members.get(name) === undefined || check(members.get(name)))
    );
  };
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
