import assert from "node:assert/strict";
import { test } from "node:test";
import { readRateLimitHints } from "./rate-limit-hints.ts";
import type { RateLimitHints } from "./rate-limit-hints.ts";

/** Local time: 2027-01-15 08:00:00.250 UTC. */
const NOW = 1_800_000_000_250;

const CASES: readonly (readonly [what: string, headers: Record<string, string>, limits: RateLimitHints])[] = [
  ["nothing", {}, {}],
  [
    "epoch seconds",
    { "x-rate-limit-remaining": "5", "x-rate-limit-reset": "1800000010" },
    { remaining: 5, resetMs: 9750 },
  ],
  ["epoch milliseconds", { "x-rate-limit-reset": "1800000010000" }, { resetMs: 9750 }],
  ["seconds from now", { "x-rate-limit-reset": "30" }, { resetMs: 30_000 }],
  ["the past", { "x-rate-limit-reset": "1799999999" }, {}],
  ["the far future", { "x-rate-limit-reset": "1900000000" }, {}],
  ["nonsense", { "x-rate-limit-remaining": "many", "x-rate-limit-reset": "soon", "retry-after": "later" }, {}],
  ["negative numbers", { "x-rate-limit-remaining": "-1", "x-rate-limit-reset": "-5", "retry-after": "-5" }, {}],
  ["Retry-After in seconds", { "retry-after": "12" }, { retryAfterMs: 12_000 }],
  ["Retry-After as a date", { "retry-after": "Fri, 15 Jan 2027 08:00:05 GMT" }, { retryAfterMs: 4750 }],
  [
    "a server whose clock is an hour ahead",
    { "x-rate-limit-reset": "1800003610", date: "Fri, 15 Jan 2027 09:00:00 GMT" },
    { resetMs: 10_000 },
  ],
  [
    "a server whose clock is an hour behind",
    {
      "x-rate-limit-reset": "1799996410",
      "retry-after": "Fri, 15 Jan 2027 07:00:03 GMT",
      date: "Fri, 15 Jan 2027 07:00:00 GMT",
    },
    { resetMs: 10_000, retryAfterMs: 3000 },
  ],
];
for (const [what, headers, limits] of CASES) {
  test(`the rate limit is read from ${what}`, () => {
    assert.deepEqual(readRateLimitHints(new Headers(headers), NOW), limits);
  });
}
