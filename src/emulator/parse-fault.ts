import { isObject } from "./body.ts";
import type { Fault, FaultEffect } from "./faults.ts";
import type { JsonObject } from "./types.ts";

type FieldType = "string" | "number" | "boolean" | "when" | "strings" | "match";

const CHOICE: Readonly<Record<string, FieldType>> = {
  match: "match",
  nth: "number",
  after: "number",
  times: "number",
  probability: "number",
  seed: "number",
};

/** Fields of each kind; a `!` marks the ones that must be there. */
const KINDS: Readonly<Record<FaultEffect["kind"], Readonly<Record<string, FieldType>>>> = {
  latency: { "ms!": "number" },
  "rate-limit": { resetSeconds: "number", headers: "boolean" },
  error: { when: "when", status: "number", message: "string" },
  reset: { when: "when" },
  hang: { when: "when" },
  truncate: { bytes: "number" },
  html: { when: "when", status: "number" },
  endless: {},
  slow: { bytesPerSecond: "number" },
  echo: { status: "number" },
  answer: { when: "when", "status!": "number", body: "string", headers: "strings" },
  redirect: { "location!": "string", status: "number" },
  reject: { "message!": "string", status: "number" },
};

const CHECKS: Readonly<Record<FieldType, (value: unknown) => string | undefined>> = {
  string: (value) => (typeof value === "string" ? undefined : "must be a string"),
  number: (value) => (typeof value === "number" && value >= 0 ? undefined : "must be a number, 0 or more"),
  boolean: (value) => (typeof value === "boolean" ? undefined : "must be true or false"),
  when: (value) => (value === "before" || value === "after" ? undefined : 'must be "before" or "after"'),
  strings: (value) =>
    isObject(value) && Object.values(value).every((entry) => typeof entry === "string")
      ? undefined
      : "must map names to strings",
  match: (value) => (isObject(value) ? matchProblem(value) : "must be an object"),
};

const MATCH = ["method", "path", "pathPattern", "query", "identifier"];

/** A fault as the command line and the control endpoint take it: JSON. */
export function parseFault(text: string): Fault | { readonly error: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: "a fault is a JSON object, this isn't JSON" };
  }
  return checkFault(value);
}

export function checkFault(value: unknown): Fault | { readonly error: string } {
  return isFault(value) ? value : { error: problemOf(value) ?? "" };
}

function isFault(value: unknown): value is Fault {
  return problemOf(value) === undefined;
}

function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return "a fault is a JSON object";
  const { kind } = value;
  if (typeof kind !== "string" || !isKind(kind)) return `"kind" must be one of ${Object.keys(KINDS).join(", ")}`;
  const fields = new Map(Object.entries(CHOICE));
  for (const [name, type] of Object.entries(KINDS[kind])) {
    fields.set(name.replace("!", ""), type);
    if (name.endsWith("!") && value[name.slice(0, -1)] === undefined)
      return `a fault of kind "${kind}" needs "${name.slice(0, -1)}"`;
  }
  for (const [name, entry] of Object.entries(value)) {
    if (name === "kind") continue;
    const type = fields.get(name);
    if (type === undefined) return `"${name}" isn't known for a fault of kind "${kind}"`;
    const problem = CHECKS[type](entry);
    if (problem !== undefined) return `"${name}" ${problem}`;
  }
  return undefined;
}

function isKind(kind: string): kind is FaultEffect["kind"] {
  return Object.hasOwn(KINDS, kind);
}

function matchProblem(match: JsonObject): string | undefined {
  for (const [name, value] of Object.entries(match)) {
    if (!MATCH.includes(name)) return `knows ${MATCH.join(", ")}, not "${name}"`;
    if (typeof value !== "string") return `needs a string for "${name}"`;
    if (name === "pathPattern" && !isPattern(value)) return `has a "pathPattern" that isn't a regular expression`;
  }
  return undefined;
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
