import { report } from "./report.ts";
import { measureRound, type Round } from "./round.ts";
import { setUp } from "./scene.ts";
import { TARGETS } from "./targets.ts";

/**
 * `npm run bench [ROUNDS]`: times and memory of the built program, as ratios within one round, since machines differ
 * and are noisy. Medians of interleaved runs. It informs: a missed target is no error.
 */
const count = Number(process.argv[2] ?? 7);
const scene = await setUp();
try {
  const rounds: Round[] = [];
  while (rounds.length < count) rounds.push(await measureRound(scene));
  console.log(`Medians of ${count} rounds.\n`);
  console.log(report(TARGETS, rounds));
} finally {
  await scene.end();
}
