import { formatReport } from "./report.ts";
import { measureRound, type BenchRound } from "./round.ts";
import { startBenchWorld } from "./world.ts";
import { TARGETS } from "./targets.ts";

/**
 * `npm run bench [ROUNDS]`: times and memory of the built program, as ratios within one round, since machines differ
 * and are noisy. Medians of interleaved runs. It informs: a missed target is no error.
 */
const count = Number(process.argv[2] ?? 7);
const world = await startBenchWorld();
try {
  const rounds: BenchRound[] = [];
  while (rounds.length < count) rounds.push(await measureRound(world));
  console.log(`Medians of ${count} rounds.\n`);
  console.log(formatReport(TARGETS, rounds));
} finally {
  await world.stop();
}
