import { isRecord } from "../../model/json.ts";

/** Reads a member of a response from GitHub, whose form isn't relied on; undefined if the member isn't there. */
export function answerAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof step === "number") at = Array.isArray(at) ? (at as readonly unknown[])[step] : undefined;
    else at = isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

export function answerText(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = answerAt(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function answerNumber(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = answerAt(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** Empty if there is no list. */
export function answerList(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = answerAt(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}
