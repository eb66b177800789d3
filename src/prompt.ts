import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface PromptStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** Aborted: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Called for Ctrl-C, which is a key and not a signal while a line is read from a terminal. */
  readonly interrupt: () => void;
}

/** One line from a person; undefined at the end of the input and when the run is interrupted. */
export function askLine(question: string, streams: PromptStreams): Promise<string | undefined> {
  const { input, output, signal, interrupt } = streams;
  if (signal.aborted) return Promise.resolve(undefined);
  const lines = createInterface({ input, output });
  const close = (): void => lines.close();
  let answered = false;
  return new Promise((resolve) => {
    lines.once("close", () => {
      signal.removeEventListener("abort", close);
      // What is said next begins on a line of its own; an interruption is reported on one.
      if (!answered && !signal.aborted) output.write("\n");
      resolve(undefined);
    });
    lines.once("SIGINT", () => {
      interrupt();
      close();
    });
    signal.addEventListener("abort", close, { once: true });
    lines.question(question, (answer) => {
      answered = true;
      resolve(answer);
      close();
    });
  });
}
