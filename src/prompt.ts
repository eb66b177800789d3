import { createInterface } from "node:readline";
import { Writable, type Readable } from "node:stream";

export interface PromptStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Called for Ctrl-C, which is a key and not a signal while a line is read from a terminal. */
  readonly interrupt: () => void;
  /** `hidden`: what is typed isn't shown. */
  readonly answer?: "shown" | "hidden";
}

/** Asks a person for one line. Undefined at the end of the input and when the run is interrupted. */
export function askLine(question: string, streams: PromptStreams): Promise<string | undefined> {
  const { input, output, signal, interrupt } = streams;
  if (signal.aborted) return Promise.resolve(undefined);
  const isHidden = streams.answer === "hidden";
  if (isHidden) output.write(question);
  const lines = createInterface(isHidden ? { input, output: silence(), terminal: true } : { input, output });
  const close = (): void => lines.close();
  let answered = false;
  return new Promise((resolve) => {
    lines.once("close", () => {
      signal.removeEventListener("abort", close);
      // The next message begins on a new line; the report of an interruption does so itself.
      if ((!answered || isHidden) && !signal.aborted) output.write("\n");
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

/** A stream that discards the echo of what is typed. */
function silence(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
