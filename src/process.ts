import packageJson from "../package.json" with { type: "json" };
import { exitCode } from "./exit.ts";
import { main } from "./main.ts";
import { createProcessIo } from "./process-io.ts";

const interruption = new AbortController();

/** The first signal lets the run finish what it has begun; the second one ends it now, and the journal protects. */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) {
      // A terminal has shown `^C` on this line.
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

// Whoever reads our output may go; the work, and the lockfile, must not suffer from it.
process.stderr.on("error", () => undefined);
let isResultLost = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || isResultLost) return;
  // A full disk, say: whoever looks for the result there has to hear of it.
  isResultLost = true;
  if (process.stderr.writable) process.stderr.write(`error: the result can't be written: ${error.message}\n`);
});
process.on("exit", () => {
  if (isResultLost && process.exitCode === exitCode([])) process.exitCode = exitCode(["invalid"]);
});

const io = createProcessIo(process.env, interruption);

process.exitCode = await main(process.argv.slice(2), io, packageJson.version);
