import { parseArgs } from "node:util";
import { reportOn } from "./report.ts";
import { measureRound, type BenchRound } from "./round.ts";
import { startBenchWorld } from "./world.ts";
import { TARGETS } from "./targets.ts";

/**
 * `npm run bench -- [ROUNDS] [--assert]`: times and memory of the built program, as ratios within one round, since
 * machines differ and are noisy. The numbers are medians of interleaved runs. With `--assert` a missed target is an error;
 * otherwise it is only shown. docs/performance.md says what is measured.
 */
const { values, positionals } = parseArgs({
  options: { assert: { type: "boolean", default: false } },
  allowPositionals: true,
});
const count = Number(positionals[0] ?? 7);
const world = await startBenchWorld();
try {
  const rounds: BenchRound[] = [];
  while (rounds.length < count) rounds.push(await measureRound(world));
  const { text, missed } = reportOn(TARGETS, rounds);
  console.log(`Medians of ${count} rounds.\n`);
  console.log(text);
  if (values.assert && missed > 0) process.exitCode = 1;
} finally {
  await world.stop();
}
