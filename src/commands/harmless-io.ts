import type { Io, Output } from "../io.ts";
import { harmlessOutput } from "../model/printable.ts";
import { wrapLines } from "../render/wrap-lines.ts";
import type { ProgressLine } from "./progress.ts";

type Colors = "with-colors" | "without-colors";

/**
 * The same `Io`, except that printed text can't contain commands for a terminal or a CI runner, and stderr is wrapped
 * to the width of the terminal.
 */
export function harmlessIo(io: Io, colors: Colors, progress?: ProgressLine): Io {
  const safe = (text: string): string => harmlessOutput(text, colors);
  const { columns } = io.stderr.isTTY ? io.stderr : {};
  const beforeWriting = (): void => progress?.clear();
  return {
    ...io,
    stdout: withWrite(io.stdout, safe, beforeWriting),
    stderr: withWrite(io.stderr, (text) => wrapLines(safe(text), columns), beforeWriting),
    ask: (question, answer) => {
      const asked = (): Promise<string | undefined> => io.ask(safe(question), answer);
      return progress === undefined ? asked() : progress.hold(asked);
    },
  };
}

function withWrite(stream: Output, shown: (text: string) => string, beforeWriting: () => void): Output {
  return {
    ...stream,
    write: (text, as) => {
      if (text === "") return;
      beforeWriting();
      stream.write(as === "commands" ? text : shown(text), as);
    },
  };
}
