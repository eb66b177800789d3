import { isJsonObject } from "./integration-body.ts";
import type { EmulatorSettings } from "./settings.ts";
import type { JsonValue, JsonObject } from "./types.ts";

/** What a value should have been. */
class WrongValue {
  readonly wanted: string;
  constructor(wanted: string) {
    this.wanted = wanted;
  }
}

type SettingReader<Value> = (value: JsonValue) => Value | WrongValue;
/** Sets the value, or says what is wrong with it. */
type SettingSetter = (into: Partial<EmulatorSettings>, value: JsonValue) => string | undefined;

const SETTERS: Readonly<Record<keyof EmulatorSettings, SettingSetter>> = {
  list: setterOf("list", wordReader("new", "old")),
  unique: setterOf("unique", wordReader("none", "project", "workspace")),
  identifiers: setterOf("identifiers", wordReader("as-sent", "lower", "suffixed")),
  latencyMs: setterOf("latencyMs", readWholeNumber),
  lagMs: setterOf("lagMs", readWholeNumber),
  commitDelayMs: setterOf("commitDelayMs", readWholeNumber),
  rateLimit: setterOf("rateLimit", (value) => (value === null ? undefined : readRateLimit(value))),
  apiDisabled: setterOf("apiDisabled", (value) =>
    typeof value === "boolean" ? value : new WrongValue("true or false"),
  ),
  expireAfter: setterOf("expireAfter", (value) => (value === null ? undefined : readWholeNumber(value))),
  hidden: setterOf("hidden", readStrings),
};

/** The settings that a JSON object asks for, and what is wrong with the others. */
export function parseSettings(body: JsonObject): {
  readonly settings: Partial<EmulatorSettings>;
  readonly errors: string[];
} {
  const settings: Partial<EmulatorSettings> = {};
  const errors: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    const error = isSettingName(name) ? SETTERS[name](settings, value) : `"${name}" is not a setting`;
    if (error !== undefined) errors.push(error);
  }
  return { settings, errors };
}

function setterOf<Name extends keyof EmulatorSettings>(
  name: Name,
  read: SettingReader<EmulatorSettings[Name]>,
): SettingSetter {
  return (into, value) => {
    const found = read(value);
    if (found instanceof WrongValue) return `"${name}" must be ${found.wanted}`;
    into[name] = found;
    return undefined;
  };
}

function isSettingName(name: string): name is keyof EmulatorSettings {
  return Object.hasOwn(SETTERS, name);
}

function wordReader<Word extends string>(...words: readonly Word[]): SettingReader<Word> {
  return (value) => words.find((word) => word === value) ?? new WrongValue(words.join(" or "));
}

function readWholeNumber(value: JsonValue): number | WrongValue {
  const isOne = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return isOne ? value : new WrongValue("a whole number, 0 or more");
}

function readRateLimit(value: JsonValue): NonNullable<EmulatorSettings["rateLimit"]> | WrongValue {
  if (isJsonObject(value)) {
    const { limit, windowSeconds } = value;
    if (typeof limit === "number" && typeof windowSeconds === "number") return { limit, windowSeconds };
  }
  return new WrongValue("{limit, windowSeconds} or null");
}

function readStrings(value: JsonValue): readonly string[] | WrongValue {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((entry) => typeof entry === "string");
  return texts.length === list.length ? texts : new WrongValue("a list of strings");
}
