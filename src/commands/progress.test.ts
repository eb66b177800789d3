import assert from "node:assert/strict";
import { test } from "node:test";
import { canShowProgress, ProgressLine } from "./progress.ts";

/** A terminal with a clock that the test moves. */
function terminal(columns = 80) {
  let now = 0;
  let tick: (() => void) | undefined;
  const written: string[] = [];
  const progress = new ProgressLine({
    stderr: { write: (text) => written.push(text), isTTY: true, columns },
    now: () => now,
    every: (_ms, action) => {
      tick = action;
      return () => (tick = undefined);
    },
  });
  return {
    progress,
    isTicking: () => tick !== undefined,
    /** The text of the progress line after this time. */
    after: (ms: number): string => {
      now += ms;
      tick?.();
      return (written.join("").split("\r\u001B[2K").at(-1) ?? "").trimEnd();
    },
  };
}

test("work of less than a second shows nothing, longer work shows its counts", () => {
  const { progress, after } = terminal();
  for (let count = 0; count < 3; count += 1) progress.readStarted();
  progress.readEnded();
  assert.equal(after(999), "");
  assert.equal(after(1), "reading the workspace: 1 of 3");
  progress.readEnded();
  assert.equal(after(250), "reading the workspace: 2 of 3");
  progress.readEnded();
  assert.equal(after(250), "");
});

test("while changes are applied, only changes are counted, and the failed ones are named", () => {
  const { progress, after } = terminal();
  progress.changesStarted(10);
  progress.readStarted();
  for (let count = 0; count < 4; count += 1) progress.changeEnded("done");
  progress.changeEnded("failed");
  assert.equal(after(2000), "applying: 5 of 10, 1 failed");
});

test("a wait for the rate limit shows its length and the estimated rest; a wait for a retry shows its cause", () => {
  const { progress, after } = terminal();
  progress.changesStarted(200);
  for (let count = 0; count < 50; count += 1) progress.changeEnded("done");
  after(30_000);
  progress.paused(30_000, "rate-limit");
  // At 50 changes in a minute, 150 more take three minutes, after the wait of half a minute.
  assert.equal(after(0), "applying: 50 of 200; about 4 min left; waiting 30 s for the API's rate limit");
  assert.equal(after(31_000), "applying: 50 of 200; about 4 min left");
  const other = terminal();
  other.progress.readStarted();
  other.progress.paused(5000, "retry", "the server returned 503");
  assert.equal(other.after(1000), "reading the workspace: 0 of 1; waiting 4 s to retry: the server returned 503");
});

test("a narrow terminal shows only the parts that fit in one line", () => {
  const { progress, after } = terminal(40);
  progress.changesStarted(200);
  progress.changeEnded("done");
  progress.paused(30_000, "rate-limit");
  assert.equal(after(2000), "applying: 1 of 200");
});

test("the line is erased before any output, before a question and at the end", async () => {
  const { progress, after, isTicking } = terminal();
  progress.readStarted();
  after(1000);
  progress.clear();
  await progress.hold(async () => assert.equal(after(1000), ""));
  assert.equal(after(250), "reading the workspace: 0 of 1");
  progress.end();
  assert.equal(after(0), "");
  assert.equal(isTicking(), false);
});

test("only an interactive terminal gets a progress line", () => {
  const stderr = (isTTY: boolean) => ({ write: () => undefined, isTTY });
  assert.equal(canShowProgress({ stderr: stderr(true), env: { TERM: "xterm" } }), true);
  assert.equal(canShowProgress({ stderr: stderr(true), env: { CI: "false" } }), true);
  assert.equal(canShowProgress({ stderr: stderr(true), env: { CI: "true" } }), false);
  assert.equal(canShowProgress({ stderr: stderr(true), env: { TERM: "dumb" } }), false);
  assert.equal(canShowProgress({ stderr: stderr(false), env: {} }), false);
});
