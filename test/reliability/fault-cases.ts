import type { Fault } from "../../src/emulator/index.ts";

/**
 * The call that a fault affects. `list` is the workspace's part of the list. `baseline` is the second reading of this part,
 * right before the first creation, if the plan's reading is too old. `project list` and `project baseline` are the same for
 * a project's part.
 */
export type CallKind = "GET" | "list" | "project list" | "baseline" | "project baseline" | "POST" | "PATCH" | "DELETE";

const CALL_KINDS: readonly CallKind[] = ["GET", "list", "project list", "POST", "PATCH", "DELETE"];

/** Every fault in every call. Of the two baselines, a fault is in one if it happens once, and in the other if it lasts. */
export function everyFault(once: boolean): { readonly fault: FaultCase; readonly call: CallKind }[] {
  return FAULT_CASES.flatMap((fault, index) => {
    const baseline: CallKind = (index % 2 === 0) === once ? "baseline" : "project baseline";
    return [...CALL_KINDS, baseline].map((call) => ({ fault, call }));
  });
}

/** The project whose part of the list is read. */
export const PROJECT = "company-website";

/**
 * What a fault means for the run. `passes`: the call succeeds in the end. `lost`: the response doesn't show whether the
 * server carried out the call. `refused`: the server refused the call, and changed nothing.
 */
export type FaultConsequence = "passes" | "lost" | "unreadable" | "refused" | "limited" | "unauthorized" | "forbidden";

export interface FaultCase {
  readonly name: string;
  readonly fault: Fault;
  readonly consequence: FaultConsequence;
  /** What the message says if the fault stops the run: the cause, and what to do. */
  readonly words: RegExp;
}

const NETWORK = /no response|check the network/;
const PAGE = /can't be read.*HTML page[^]*base URL/;

/** Every kind of fault that the emulator knows; before and after the write, if that makes a difference. */
export const FAULT_CASES: readonly FaultCase[] = [
  { name: "latency", fault: { kind: "latency", ms: 40 }, consequence: "passes", words: /never/ },
  {
    name: "429 with a reset",
    fault: { kind: "rate-limit", resetSeconds: 1 },
    consequence: "limited",
    words: /429[^]*--max-wait/,
  },
  {
    name: "429 without a reset",
    fault: { kind: "rate-limit", headers: false },
    consequence: "limited",
    words: /429[^]*--max-wait/,
  },
  {
    name: "503 before",
    fault: { kind: "error" },
    consequence: "lost",
    words: /503: Service unavailable[^]*(?:try again|may have succeeded)/,
  },
  {
    name: "500 after",
    fault: { kind: "error", status: 500, when: "after" },
    consequence: "lost",
    words: /500: Service unavailable[^]*(?:try again|may have succeeded)/,
  },
  { name: "reset before", fault: { kind: "reset" }, consequence: "lost", words: NETWORK },
  { name: "reset after", fault: { kind: "reset", when: "after" }, consequence: "lost", words: NETWORK },
  { name: "no response, before", fault: { kind: "hang" }, consequence: "lost", words: /within 1 s[^]*--timeout/ },
  {
    name: "no response, after",
    fault: { kind: "hang", when: "after" },
    consequence: "lost",
    words: /within 1 s[^]*--timeout/,
  },
  { name: "truncated", fault: { kind: "truncate" }, consequence: "lost", words: NETWORK },
  { name: "endless", fault: { kind: "endless" }, consequence: "lost", words: /within 1 s[^]*--timeout/ },
  { name: "a byte per second", fault: { kind: "slow" }, consequence: "lost", words: /within 1 s[^]*--timeout/ },
  { name: "HTML before", fault: { kind: "html" }, consequence: "unreadable", words: PAGE },
  { name: "HTML after", fault: { kind: "html", when: "after" }, consequence: "unreadable", words: PAGE },
  {
    name: "a response without a hash",
    fault: { kind: "answer", status: 200, body: '{"unexpected":true}' },
    consequence: "unreadable",
    words: /can't be read: (?:hash_id|integrations) is missing/,
  },
  {
    name: "echo",
    fault: { kind: "echo" },
    consequence: "refused",
    words: /400: (?:Invalid request|the server's message is withheld: it contains part of \$TOKEN)/,
  },
  { name: "reject", fault: { kind: "reject", message: "Not today" }, consequence: "refused", words: /400: Not today/ },
  {
    name: "redirect elsewhere",
    fault: { kind: "redirect", location: "https://example.com/" },
    consequence: "unreadable",
    words: /redirect to https:\/\/example\.com[^]*base URL/,
  },
  {
    name: "401",
    fault: { kind: "answer", status: 401, body: '{"errors":[{"message":"Wrong authentication data"}]}' },
    consequence: "unauthorized",
    words: /401: Wrong authentication data[^]*BUDDY_TOKEN/,
  },
  {
    name: "403",
    fault: { kind: "answer", status: 403, body: '{"errors":[{"message":"cannot receive data"}]}' },
    consequence: "forbidden",
    words: /403: cannot receive data[^]*(?:scope|may see the project)/,
  },
];

const ITEM = "/integrations/[A-Za-z0-9]+$";
const LIST = "/integrations$";

/** The fault for one kind of call. @param once whether it affects only one request */
export function faultAt({ fault }: FaultCase, call: CallKind, once: boolean): Fault {
  const choice = isBaseline(call) ? { after: 1 } : {};
  return { ...fault, match: matching(call), ...choice, ...(once ? { times: 1 } : {}) };
}

function matching(call: CallKind): NonNullable<Fault["match"]> {
  if (call === "POST") return { method: "POST", pathPattern: LIST };
  if (call === "list" || call === "baseline") return { method: "GET", pathPattern: LIST, query: "" };
  if (call === "project list" || call === "project baseline") return { method: "GET", path: `project_name=${PROJECT}` };
  return { method: call, pathPattern: ITEM };
}

export function isBaseline(call: CallKind): boolean {
  return call === "baseline" || call === "project baseline";
}

/**
 * The exit code that the run must have. If a project's part of the list can't be read, only the keys of that project are
 * refused, unless the token is invalid. Any other failed read ends the run.
 */
export function expectedExit(faultCase: FaultCase, call: CallKind, once: boolean): number {
  const exit = expectedOfCall(faultCase, call, once);
  const concernsAll = exit === 0 || faultCase.consequence === "unauthorized";
  return call === "project list" && !concernsAll ? 7 : exit;
}

function expectedOfCall({ name, consequence, fault }: FaultCase, call: CallKind, once: boolean): number {
  const isRead = call !== "POST" && call !== "PATCH" && call !== "DELETE";
  switch (consequence) {
    case "passes":
      return 0;
    case "limited":
      return once ? 0 : 5;
    case "lost":
      // A creation is sent once. If the server carried it out, the run finds the integration.
      if (call === "POST") return isAfterWrite(fault) ? 0 : 5;
      return once ? 0 : 5;
    case "unreadable":
      if (call === "DELETE" && name === "a response without a hash") return 0;
      if (call === "POST") return isAfterWrite(fault) ? 0 : 5;
      return 5;
    case "refused":
      return 5;
    case "unauthorized":
      return 4;
    case "forbidden":
      return isRead ? 4 : 5;
    default:
      return consequence satisfies never;
  }
}

function isAfterWrite(fault: Fault): boolean {
  if ("when" in fault && fault.when !== undefined) return fault.when === "after";
  return fault.kind === "truncate" || fault.kind === "endless" || fault.kind === "slow";
}
