/** Whether the fault strikes before anything was written, or after. */
type FaultTiming = "before" | "after";

/** Which requests a fault is for; all given conditions must hold. */
interface FaultMatch {
  readonly method?: string;
  /** Part of the path with its query, such as `/integrations` or `project_name=web`. */
  readonly path?: string;
  /** Regular expression over the path, or over the path with its query. */
  readonly pathPattern?: string;
  /** Part of the query; an empty one matches only requests that have no query. */
  readonly query?: string;
  /** Part of the `identifier` in the request's body. */
  readonly identifier?: string;
}

/** Which of the matching requests it strikes; without any of these, all. */
interface FaultChoice {
  readonly match?: FaultMatch;
  /** Only this one, counted from 1. */
  readonly nth?: number;
  /** Skips this many first. */
  readonly after?: number;
  /** Strikes at most this many. */
  readonly times?: number;
  /** In [0, 1]; the same `seed` strikes the same requests. */
  readonly probability?: number;
  readonly seed?: number;
}

export type FaultEffect =
  /** Waits, then goes on normally. */
  | { readonly kind: "latency"; readonly ms: number }
  /**
   * 429 with the rate-limit headers. They reset `resetSeconds` from now (default: 1). With `headers: false` there are
   * none.
   */
  | { readonly kind: "rate-limit"; readonly resetSeconds?: number; readonly headers?: boolean }
  /** An error in the documented form, 503 by default. */
  | { readonly kind: "error"; readonly when?: FaultTiming; readonly status?: number; readonly message?: string }
  /** The connection is reset. */
  | { readonly kind: "reset"; readonly when?: FaultTiming }
  /** No answer at all, the connection stays open. */
  | { readonly kind: "hang"; readonly when?: FaultTiming }
  /** After the write: the answer's first bytes (half of them), then the connection is cut. */
  | { readonly kind: "truncate"; readonly bytes?: number }
  /** A web page instead of JSON, with 200 by default. */
  | { readonly kind: "html"; readonly when?: FaultTiming; readonly status?: number }
  /** After the write: a body that never ends. */
  | { readonly kind: "endless" }
  /** After the write: the answer, byte by byte. */
  | { readonly kind: "slow"; readonly bytesPerSecond?: number }
  /** Before the write: an error whose message contains the request's body with its secrets. */
  | { readonly kind: "echo"; readonly status?: number }
  /** Exactly this response. */
  | {
      readonly kind: "answer";
      readonly when?: FaultTiming;
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Before the write. */
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
  /** Before the write: the server refuses with this message, with 400 by default. */
  | { readonly kind: "reject"; readonly message: string; readonly status?: number };

export type Fault = FaultChoice & FaultEffect;

/** The parts of a request that faults match. */
export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  /** The query as it was sent, without the question mark. Empty if there is none. */
  readonly query: string;
  /** The identifier in the request's body. */
  readonly identifier: string | undefined;
}

const DEFAULT_TIMING: Readonly<Record<FaultEffect["kind"], FaultTiming>> = {
  latency: "before",
  "rate-limit": "before",
  error: "before",
  reset: "before",
  hang: "before",
  truncate: "after",
  html: "before",
  endless: "after",
  slow: "after",
  echo: "before",
  answer: "before",
  redirect: "before",
  reject: "before",
};

/** Whether the fault strikes before anything is written. */
export function timingOf(fault: FaultEffect): FaultTiming {
  return "when" in fault && fault.when !== undefined ? fault.when : DEFAULT_TIMING[fault.kind];
}

interface ArmedFault {
  readonly fault: Fault;
  readonly pattern: RegExp | undefined;
  readonly random: () => number;
  matched: number;
  struck: number;
}

/** The active faults, in the order in which they were added. */
export class Faults {
  readonly #armed: ArmedFault[] = [];

  add(fault: Fault): void {
    const source = fault.match?.pathPattern;
    this.#armed.push({
      fault,
      pattern: source === undefined ? undefined : new RegExp(source),
      random: seededNumbers(fault.seed ?? 1),
      matched: 0,
      struck: 0,
    });
  }

  clear(): void {
    this.#armed.length = 0;
  }

  /** The active faults, with how often each matched and struck. */
  list(): readonly { readonly fault: Fault; readonly matched: number; readonly struck: number }[] {
    return this.#armed.map(({ fault, matched, struck }) => ({ fault, matched, struck }));
  }

  /**
   * The sum of all latencies that strike, and the first other fault. Faults after that one don't count this request.
   */
  choose(subject: FaultSubject): { readonly latencyMs: number; readonly fault: Fault | undefined } {
    let latencyMs = 0;
    for (const armed of this.#armed) {
      if (!faultMatches(armed, subject) || !isItsTurn(armed)) continue;
      armed.struck += 1;
      if (armed.fault.kind !== "latency") return { latencyMs, fault: armed.fault };
      latencyMs += armed.fault.ms;
    }
    return { latencyMs, fault: undefined };
  }
}

function faultMatches({ fault, pattern }: ArmedFault, subject: FaultSubject): boolean {
  const wanted = fault.match ?? {};
  if (wanted.method !== undefined && wanted.method.toUpperCase() !== subject.method) return false;
  const target = subject.query === "" ? subject.path : `${subject.path}?${subject.query}`;
  if (wanted.path !== undefined && !target.includes(wanted.path)) return false;
  if (pattern !== undefined && !pattern.test(subject.path) && !pattern.test(target)) return false;
  if (wanted.query === "" ? subject.query !== "" : !subject.query.includes(wanted.query ?? "")) return false;
  return wanted.identifier === undefined || subject.identifier?.includes(wanted.identifier) === true;
}

function isItsTurn(armed: ArmedFault): boolean {
  const { nth, after = 0, times = Infinity, probability = 1 } = armed.fault;
  armed.matched += 1;
  if (nth !== undefined && armed.matched !== nth) return false;
  if (armed.matched <= after || armed.struck >= times) return false;
  return probability >= 1 || armed.random() < probability;
}

/** mulberry32: the same numbers in [0, 1) for the same seed, everywhere. */
function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
