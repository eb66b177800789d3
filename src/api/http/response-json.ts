import { jsonExcess } from "../../model/json-excess.ts";
import { failure, success } from "../../model/integration.ts";
import type { Result } from "../../model/integration.ts";

/** JSON as it is, but for `__proto__`, which is left out wherever it stands. The failure says what is wrong, never with the text. */
export function parseResponseJson(text: string): Result<unknown, string> {
  const excess = jsonExcess(text, DEEPEST_RESPONSE);
  if (excess !== undefined) return failure(excess);
  try {
    // A reviver is slow, so it is used only where the name might be.
    return success(/__proto__|\\u005f/i.test(text) ? JSON.parse(text, withoutProto) : JSON.parse(text));
  } catch {
    return failure("is not complete JSON");
  }
}

/** What the API answers has some five levels. */
const DEEPEST_RESPONSE = 128;

function withoutProto(name: string, value: unknown): unknown {
  return name === "__proto__" ? undefined : value;
}
