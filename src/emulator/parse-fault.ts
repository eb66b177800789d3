import { isJsonObject } from "./integration-body.ts";
import type { Fault, FaultEffect } from "./faults.ts";
import type { JsonObject } from "./types.ts";

type FaultFieldType = "string" | "number" | "boolean" | "when" | "strings" | "match";

const CHOICE_FIELDS: Readonly<Record<string, FaultFieldType>> = {
  match: "match",
  nth: "number",
  after: "number",
  times: "number",
  probability: "number",
  seed: "number",
};

/** The fields of each kind of fault. A `!` marks those that are required. */
const FIELDS_OF_KIND: Readonly<Record<FaultEffect["kind"], Readonly<Record<string, FaultFieldType>>>> = {
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

const CHECKS: Readonly<Record<FaultFieldType, (value: unknown) => string | undefined>> = {
  string: (value) => (typeof value === "string" ? undefined : "must be a string"),
  number: (value) => (typeof value === "number" && value >= 0 ? undefined : "must be a number, 0 or more"),
  boolean: (value) => (typeof value === "boolean" ? undefined : "must be true or false"),
  when: (value) => (value === "before" || value === "after" ? undefined : 'must be "before" or "after"'),
  strings: (value) =>
    isJsonObject(value) && Object.values(value).every((entry) => typeof entry === "string")
      ? undefined
      : "must map names to strings",
  match: (value) => (isJsonObject(value) ? matchProblem(value) : "must be an object"),
};

const MATCH_FIELDS = ["method", "path", "pathPattern", "query", "identifier"];

/** Reads a fault from JSON, as the command line and the control endpoint take it. */
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
  return isFault(value) ? value : { error: faultProblem(value) ?? "" };
}

function isFault(value: unknown): value is Fault {
  return faultProblem(value) === undefined;
}

function faultProblem(value: unknown): string | undefined {
  if (!isJsonObject(value)) return "a fault is a JSON object";
  const { kind } = value;
  if (typeof kind !== "string" || !isFaultKind(kind))
    return `"kind" must be one of ${Object.keys(FIELDS_OF_KIND).join(", ")}`;
  const fields = new Map(Object.entries(CHOICE_FIELDS));
  for (const [name, type] of Object.entries(FIELDS_OF_KIND[kind])) {
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

function isFaultKind(kind: string): kind is FaultEffect["kind"] {
  return Object.hasOwn(FIELDS_OF_KIND, kind);
}

function matchProblem(match: JsonObject): string | undefined {
  for (const [name, value] of Object.entries(match)) {
    if (!MATCH_FIELDS.includes(name)) return `knows ${MATCH_FIELDS.join(", ")}, not "${name}"`;
    if (typeof value !== "string") return `needs a string for "${name}"`;
    if (name === "pathPattern" && !isRegularExpression(value))
      return `has a "pathPattern" that isn't a regular expression`;
  }
  return undefined;
}

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
