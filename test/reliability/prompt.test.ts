import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { askLine } from "../../src/prompt.ts";

interface PendingQuestion {
  readonly input: PassThrough;
  readonly answer: Promise<string | undefined>;
  readonly controller: AbortController;
}

/** A question on something that Node takes for a terminal. */
function askQuestion(): PendingQuestion {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const controller = new AbortController();
  const interrupt = (): void => controller.abort("SIGINT");
  const answer = askLine("Apply? ", { input, output, signal: controller.signal, interrupt });
  return { input, answer, controller };
}

test("a typed line is the answer", async () => {
  const { input, answer, controller } = askQuestion();
  input.write("yes\n");
  assert.equal(await answer, "yes");
  assert.equal(controller.signal.aborted, false);
});

test("Ctrl-C at a question interrupts the run, and counts as no answer", async () => {
  const { input, answer, controller } = askQuestion();
  input.write("\u0003");
  assert.equal(await answer, undefined);
  assert.equal(controller.signal.reason, "SIGINT");
});

test("the end of the input counts as no answer", async () => {
  for (const end of [(input: PassThrough) => input.end(), (input: PassThrough) => input.write("\u0004")]) {
    const { input, answer, controller } = askQuestion();
    end(input);
    assert.equal(await answer, undefined);
    assert.equal(controller.signal.aborted, false);
  }
});

test("a signal ends the question", async () => {
  const { answer, controller } = askQuestion();
  controller.abort("SIGTERM");
  assert.equal(await answer, undefined);
});
