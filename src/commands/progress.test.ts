import assert from "node:assert/strict";
import { test } from "node:test";
import { canShowProgress, ProgressLine } from "./progress.ts";

/** A terminal whose clock is moved by hand. */
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
    /** What is in the line after so long. */
    after: (ms: number): string => {
      now += ms;
      tick?.();
      return (written.join("").split("\r\u001B[2K").at(-1) ?? "").trimEnd();
    },
  };
}

test("what takes less than a second shows nothing, what takes longer its counts", () => {
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

test("changes are counted with those that failed, and reads among them aren't", () => {
  const { progress, after } = terminal();
  progress.changesStarted(10);
  progress.readStarted();
  for (let count = 0; count < 4; count += 1) progress.changeEnded("done");
  progress.changeEnded("failed");
  assert.equal(after(2000), "applying: 5 of 10, 1 failed");
});

test("a pace shows for how long it waits and about how long all will take; a retry says what for", () => {
  const { progress, after } = terminal();
  progress.changesStarted(200);
  for (let count = 0; count < 50; count += 1) progress.changeEnded("done");
  after(30_000);
  progress.paused(30_000, "rate-limit");
  // 50 in a minute, so 150 more in three, after half a minute.
  assert.equal(after(0), "applying: 50 of 200; about 4 min left; waiting 30 s for the API's rate limit");
  assert.equal(after(31_000), "applying: 50 of 200; about 4 min left");
  const other = terminal();
  other.progress.readStarted();
  other.progress.paused(5000, "retry", "the server returned 503");
  assert.equal(other.after(1000), "reading the workspace: 0 of 1; waiting 4 s to retry: the server returned 503");
});

test("a narrow terminal shows whole parts, never more than a line", () => {
  const { progress, after } = terminal(40);
  progress.changesStarted(200);
  progress.changeEnded("done");
  progress.paused(30_000, "rate-limit");
  assert.equal(after(2000), "applying: 1 of 200");
});

test("the line gives way to whatever is written, to a question, and to the end", async () => {
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

test("only a person's terminal gets a line", () => {
  const stderr = (isTTY: boolean) => ({ write: () => undefined, isTTY });
  assert.equal(canShowProgress({ stderr: stderr(true), env: { TERM: "xterm" } }), true);
  assert.equal(canShowProgress({ stderr: stderr(true), env: { CI: "false" } }), true);
  assert.equal(canShowProgress({ stderr: stderr(true), env: { CI: "true" } }), false);
  assert.equal(canShowProgress({ stderr: stderr(true), env: { TERM: "dumb" } }), false);
  assert.equal(canShowProgress({ stderr: stderr(false), env: {} }), false);
});
