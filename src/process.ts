import packageJson from "../package.json" with { type: "json" };
import { exitCode } from "./exit.ts";
import { main } from "./main.ts";
import { createProcessIo } from "./process-io.ts";

const interruption = new AbortController();

/**
 * The first signal lets the run finish what it has begun. The second one ends the process at once; the journal then
 * has what the next run needs.
 */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) {
      // The terminal has printed `^C` on this line.
      const start = process.stderr.isTTY ? "\n" : "";
      process.stderr.write(`${start}stopped at once: the next run looks up what this one had under way\n`);
      process.exit(exitCode([signal]));
    }
    interruption.abort(signal);
  });
}

// Warnings of Node.js are for programmers. Those about this machine, such as its certificates, are for the user.
process.removeAllListeners("warning");
process.on("warning", ({ name, message }) => {
  if (name === "Warning" && process.stderr.writable) process.stderr.write(`warning: ${message}\n`);
});

// The reader of the output may stop reading. The work and the lockfile must not suffer from that.
process.stderr.on("error", () => undefined);
let isResultLost = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || isResultLost) return;
  // For example, the disk is full. Report it, since the result is incomplete.
  isResultLost = true;
  if (process.stderr.writable) process.stderr.write(`error: the result can't be written: ${error.message}\n`);
});
process.on("exit", () => {
  if (isResultLost && process.exitCode === exitCode([])) process.exitCode = exitCode(["invalid"]);
});

const io = createProcessIo(process.env, interruption);

process.exitCode = await main(process.argv.slice(2), io, packageJson.version);
