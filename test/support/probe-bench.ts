import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { EmulatorOptions, StoredIntegration } from "../../src/emulator/index.ts";
import { workbench, type CliOptions, type CliResult, type Workbench } from "./workbench.ts";

/** A request on its way to the emulator. The emulator gets it with all changes. */
export interface InterceptedCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  body: Record<string, unknown>;
}

export interface InterceptedAnswer {
  status: number;
  /** Empty for a response without a body. */
  json: Readonly<Record<string, unknown>>;
  headers: Record<string, string>;
}

/** How a server differs from the emulator: changes of requests and of responses. */
export interface ServerChange {
  /** Changes `call.body`, or returns a response in place of the emulator's. */
  readonly before?: (call: InterceptedCall) => InterceptedAnswer | undefined;
  /** Changes `answer`. @param ask sends a GET to the emulator, by path and query */
  readonly after?: (
    call: InterceptedCall,
    answer: InterceptedAnswer,
    ask: (pathAndQuery: string) => Promise<InterceptedAnswer>,
  ) => void | Promise<void>;
}

export interface ProbeRowSeen {
  readonly id: string;
  readonly result: "as assumed" | "differs" | "not seen";
  readonly seen: string;
  readonly means?: string;
  readonly todo?: string;
}

export interface ProbeBench extends Workbench {
  /**
   * Runs `doctor --probe --yes --format json` on the project my-project. Its waits take no time unless `io` says
   * otherwise.
   */
  probe(
    options?: CliOptions & { readonly change?: ServerChange; readonly args?: readonly string[] },
  ): Promise<CliResult & { readonly rows: readonly ProbeRowSeen[]; ids(result: ProbeRowSeen["result"]): string[] }>;
  /** The integrations that were not there at the start. */
  left(): StoredIntegration[];
}

export const PROBED_PROJECT = "my-project";

/** A clock that moves only when somebody sleeps. */
export function jumpingClock(): { now(): number; sleep(ms: number): Promise<void> } {
  let time = Date.now();
  return {
    now: () => time,
    sleep: (ms) => {
      time += ms;
      return Promise.resolve();
    },
  };
}

export function refusal(status: number, message = "no"): InterceptedAnswer {
  return { status, json: { errors: [{ message }] }, headers: {} };
}

/** Other people's integrations. Some have names that are almost a probe's. */
const STRANGERS = [
  "Production",
  "buddy-integrations-probe-",
  "buddy-integrations-probe-0123456789abc",
  "buddy-integrations-probe-0123456789abcdef0",
  "Buddy-integrations-probe-0123456789abcd",
  "buddy-integrations-probe-0123456789ABCD",
  "copy of buddy-integrations-probe-0123456789abcd",
  // A probe's name, but people have access: somebody uses it.
  "buddy-integrations-probe-0123456789abcd",
];

export async function probeBench(test: TestContext, options: EmulatorOptions = {}): Promise<ProbeBench> {
  const bench = await workbench(test, options);
  const { emulator } = bench;
  for (const [index, name] of STRANGERS.entries()) {
    for (const place of [{ scope: "WORKSPACE" }, { scope: "PROJECT", project_name: PROBED_PROJECT }]) {
      const response = await fetch(`${emulator.url}/workspaces/${emulator.workspace}/integrations`, {
        method: "POST",
        headers: { authorization: `Bearer ${emulator.token}` },
        body: JSON.stringify({ type: "VULTR", name, token: "theirs", identifier: `s${index}${place.scope}`, ...place }),
      });
      assert.equal(response.status, 201, await response.text());
    }
  }
  bench.requests();
  const before = JSON.stringify(emulator.stored());
  const strangers = new Set(emulator.stored().map(({ hash_id: hash }) => hash));
  test.after(() => {
    const now = emulator.stored().filter(({ hash_id: hash }) => strangers.has(hash));
    assert.equal(JSON.stringify(now), before, "other people's integrations are unchanged");
    const touched = bench
      .requests()
      .filter((each) => !each.startsWith("GET ") && [...strangers].some((hash) => each.includes(hash)));
    assert.deepEqual(touched, [], "no write goes to other people's integrations");
  });
  return {
    ...bench,
    left: () => emulator.stored().filter(({ hash_id: hash }) => !strangers.has(hash)),
    probe: async ({ change, args = [], io, ...given } = {}) => {
      const ran = await bench.run(
        ["doctor", "--probe", "--project", PROBED_PROJECT, "--yes", "--format", "json", ...args],
        {
          ...given,
          io: { ...jumpingClock(), ...(change === undefined ? {} : { fetch: changedFetch(change) }), ...io },
        },
      );
      const { rows = [] }: { readonly rows?: readonly ProbeRowSeen[] } = ran.stdout.startsWith("{")
        ? JSON.parse(ran.stdout)
        : {};
      return { ...ran, rows, ids: (result) => rows.filter((row) => row.result === result).map(({ id }) => id) };
    },
  };
}

export function changedFetch({ before, after }: ServerChange): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(typeof input === "string" ? input : input instanceof URL ? input.href : input.url);
    const method = init?.method ?? "GET";
    const sent: Record<string, unknown> = typeof init?.body === "string" ? JSON.parse(init.body) : {};
    const call: InterceptedCall = {
      method,
      path: url.pathname,
      query: url.searchParams,
      body: sent,
    };
    const instead = before?.(call);
    const body = typeof init?.body === "string" ? { body: JSON.stringify(call.body) } : {};
    const answer = instead ?? (await exchange(url, { ...init, ...body }));
    const { authorization = "" } = Object.fromEntries(new Headers(init?.headers));
    await after?.(call, answer, (pathAndQuery) => exchange(new URL(pathAndQuery, url), { headers: { authorization } }));
    const text = answer.status === 204 ? null : JSON.stringify(answer.json);
    return new Response(text, { status: answer.status, headers: answer.headers });
  };
}

async function exchange(url: URL, init: RequestInit): Promise<InterceptedAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, json: text === "" ? {} : JSON.parse(text), headers: {} };
}
