import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { askLine } from "./prompt.ts";

const NEVER = new AbortController().signal;
const interrupt = (): void => assert.fail("nobody pressed Ctrl-C");

test("the answer is the line that was typed", async () => {
  const [input, output] = [new PassThrough(), new PassThrough({ encoding: "utf8" })];
  const answer = askLine("Sure? ", { input, output, signal: NEVER, interrupt });
  input.write("yes\n");
  assert.deepEqual([await answer, output.read()], ["yes", "Sure? "]);
});

test("after a prompt without an answer, the cursor is on a new line", async () => {
  const [input, output] = [new PassThrough(), new PassThrough({ encoding: "utf8" })];
  const answer = askLine("Sure? ", { input, output, signal: NEVER, interrupt });
  input.end();
  assert.deepEqual([await answer, output.read()], [undefined, "Sure? \n"]);
});

test("an interruption ends the question", async () => {
  const [input, output, stop] = [new PassThrough(), new PassThrough({ encoding: "utf8" }), new AbortController()];
  const answer = askLine("Sure? ", { input, output, signal: stop.signal, interrupt });
  stop.abort();
  assert.deepEqual([await answer, output.read()], [undefined, "Sure? "]);
});

test("a hidden answer is never written", async () => {
  const [input, output] = [new PassThrough(), new PassThrough({ encoding: "utf8" })];
  const answer = askLine("Token: ", { input, output, signal: NEVER, interrupt, answer: "hidden" });
  input.write("s3cret\n");
  assert.deepEqual([await answer, output.read()], ["s3cret", "Token: \n"]);
});
