import type { Io, Output } from "../io.ts";
import { harmlessOutput } from "../model/printable.ts";

type Colors = "with-colors" | "without-colors";

/** The same world outside, where nothing that is printed can command a terminal or a runner. */
export function harmlessIo(io: Io, colors: Colors): Io {
  return {
    ...io,
    stdout: harmlessStream(io.stdout, colors),
    stderr: harmlessStream(io.stderr, colors),
    ask: (question, answer) => io.ask(harmlessOutput(question, colors), answer),
  };
}

function harmlessStream(stream: Output, colors: Colors): Output {
  return {
    ...stream,
    write: (text, as) => stream.write(as === "commands" ? text : harmlessOutput(text, colors)),
  };
}
