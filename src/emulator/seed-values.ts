import { isJsonObject } from "./integration-body.ts";
import type { JsonValue, JsonObject } from "./types.ts";

/** A string of the seed. Throws if it isn't one, unless there is a fallback and no value. */
export function seedString(object: JsonObject, name: string, fallback?: string): string {
  const value = object[name] ?? fallback;
  if (typeof value === "string") return value;
  throw new Error(`"${name}" must be a string in the seed file`);
}

export function seedNumber(object: JsonObject, name: string): number {
  const value = object[name];
  if (typeof value === "number") return value;
  throw new Error(`"${name}" must be a number in the seed file`);
}

export function seedMapping(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function seedList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

export function seedObjects(value: JsonValue | undefined): JsonObject[] {
  return seedList(value).filter(isJsonObject);
}

export function seedNumbers(value: JsonValue | undefined): number[] {
  return seedList(value).filter((entry) => typeof entry === "number");
}

export function seedStrings(value: JsonValue | undefined): string[] {
  return seedList(value).filter((entry) => typeof entry === "string");
}
