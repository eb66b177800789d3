import { isObject } from "./body.ts";
import type { Settings } from "./settings.ts";
import type { Json, JsonObject } from "./types.ts";

/** What a value should have been. */
class Wrong {
  readonly wanted: string;
  constructor(wanted: string) {
    this.wanted = wanted;
  }
}

type Read<Value> = (value: Json) => Value | Wrong;
/** Sets the value, or says what is wrong with it. */
type Take = (into: Partial<Settings>, value: Json) => string | undefined;

const TAKE: Readonly<Record<keyof Settings, Take>> = {
  list: take("list", oneOf("new", "old")),
  unique: take("unique", oneOf("none", "project", "workspace")),
  identifiers: take("identifiers", oneOf("as-sent", "lower", "suffixed")),
  latencyMs: take("latencyMs", wholeNumber),
  lagMs: take("lagMs", wholeNumber),
  commitDelayMs: take("commitDelayMs", wholeNumber),
  rateLimit: take("rateLimit", (value) => (value === null ? undefined : rateLimit(value))),
  apiDisabled: take("apiDisabled", (value) => (typeof value === "boolean" ? value : new Wrong("true or false"))),
  expireAfter: take("expireAfter", (value) => (value === null ? undefined : wholeNumber(value))),
  hidden: take("hidden", strings),
};

/** The settings that a JSON object asks for, and what is wrong with the others. */
export function parseSettings(body: JsonObject): { readonly settings: Partial<Settings>; readonly errors: string[] } {
  const settings: Partial<Settings> = {};
  const errors: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    const error = isName(name) ? TAKE[name](settings, value) : `"${name}" is not a setting`;
    if (error !== undefined) errors.push(error);
  }
  return { settings, errors };
}

function take<Name extends keyof Settings>(name: Name, read: Read<Settings[Name]>): Take {
  return (into, value) => {
    const found = read(value);
    if (found instanceof Wrong) return `"${name}" must be ${found.wanted}`;
    into[name] = found;
    return undefined;
  };
}

function isName(name: string): name is keyof Settings {
  return Object.hasOwn(TAKE, name);
}

function oneOf<Word extends string>(...words: readonly Word[]): Read<Word> {
  return (value) => words.find((word) => word === value) ?? new Wrong(words.join(" or "));
}

function wholeNumber(value: Json): number | Wrong {
  const isOne = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return isOne ? value : new Wrong("a whole number, 0 or more");
}

function rateLimit(value: Json): NonNullable<Settings["rateLimit"]> | Wrong {
  if (isObject(value)) {
    const { limit, windowSeconds } = value;
    if (typeof limit === "number" && typeof windowSeconds === "number") return { limit, windowSeconds };
  }
  return new Wrong("{limit, windowSeconds} or null");
}

function strings(value: Json): readonly string[] | Wrong {
  const list: readonly Json[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((entry) => typeof entry === "string");
  return texts.length === list.length ? texts : new Wrong("a list of strings");
}
