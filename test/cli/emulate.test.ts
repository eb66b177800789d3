import assert from "node:assert/strict";
import { test } from "node:test";
import { workbench } from "../support/workbench.ts";

/** Runs `emulate` with these flags, and returns the response to GET /_emulator/settings. */
async function settingsWith(bench: Awaited<ReturnType<typeof workbench>>, flags: readonly string[]): Promise<unknown> {
  const ending = new AbortController();
  let settings: unknown;
  const write = (text: string): void => {
    const url = /^BUDDY_BASE_URL=(\S+)/.exec(text)?.[1];
    if (url === undefined) return;
    void fetch(`${url}/_emulator/settings`)
      .then(async (response) => (settings = await response.json()))
      .finally(() => ending.abort());
  };
  const options = { signal: ending.signal, io: { stdout: { isTTY: false, write } } };
  const result = await bench.run(["emulate", "--port", "0", ...flags], options);
  assert.equal(result.exit, 0, result.stderr);
  return settings;
}

test("every flag of a setting reaches the emulator; without flags the settings are the defaults", async (t) => {
  const bench = await workbench(t);
  assert.deepEqual(await settingsWith(bench, []), {
    list: "new",
    unique: "none",
    identifiers: "as-sent",
    latencyMs: 0,
    lagMs: 0,
    commitDelayMs: 0,
    rateLimit: null,
    apiDisabled: false,
    expireAfter: null,
    hidden: [],
  });
  const flags =
    "--list old --unique project --identifiers suffixed --latency 1 --lag 2 --commit-delay 3 --rate-limit 4/5 " +
    "--api-disabled --expire-after 6 --hide 5e391f5aae784b7208de0d0a --hide web";
  assert.deepEqual(await settingsWith(bench, flags.split(" ")), {
    list: "old",
    unique: "project",
    identifiers: "suffixed",
    latencyMs: 1,
    lagMs: 2,
    commitDelayMs: 3,
    rateLimit: { limit: 4, windowSeconds: 5 },
    apiDisabled: true,
    expireAfter: 6,
    hidden: ["5e391f5aae784b7208de0d0a", "web"],
  });
});

test("an invalid value of a setting is refused before the emulator starts", async (t) => {
  const bench = await workbench(t);
  const { exit, stderr } = await bench.run(["emulate", "--list", "newest"]);
  assert.equal(exit, 3);
  assert.match(stderr, /option '--list <kind>' argument 'newest' is invalid\. Allowed choices are new, old\./);
});
