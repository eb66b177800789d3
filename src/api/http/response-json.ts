import { jsonExcess } from "../../model/json-excess.ts";
import { failure, success } from "../../model/integration.ts";
import type { Result } from "../../model/integration.ts";

/** JSON as it is, except that every `__proto__` is left out. The failure says what is wrong and never quotes the text. */
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

/** The API's responses have about five levels. */
const DEEPEST_RESPONSE = 128;

function withoutProto(name: string, value: unknown): unknown {
  return name === "__proto__" ? undefined : value;
}
