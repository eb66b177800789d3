import { median } from "./measure.ts";
import type { BenchRound } from "./round.ts";
import type { BenchTarget } from "./targets.ts";

export interface BenchReport {
  /** One line for each target, with `!` before missed ones, and the number of missed targets. */
  readonly text: string;
  /** How many targets are missed. */
  readonly missed: number;
}

export function reportOn(targets: readonly BenchTarget[], rounds: readonly BenchRound[]): BenchReport {
  const judged = targets.map((target) => judgeTarget(target, rounds));
  const missed = judged.filter(({ isMissed }) => isMissed).length;
  const lines = judged.map(({ isMissed, columns: [name = "", measured = "", limit = "", floor = "", numbers = ""] }) =>
    [isMissed ? "!" : " ", name.padEnd(32), measured.padStart(9), limit.padStart(9), floor.padStart(9), `  ${numbers}`]
      .join(" ")
      .trimEnd(),
  );
  const heading = `  ${"".padEnd(32)} ${"measured".padStart(9)} ${"target".padStart(9)} ${"floor".padStart(9)}`;
  const text = [heading, ...lines, "", `${missed} of ${targets.length} over their target`].join("\n");
  return { text, missed };
}

interface JudgedTarget {
  readonly isMissed: boolean;
  readonly columns: readonly string[];
}

/** Uses the median of the ratios of each round, not the ratio of medians. */
function judgeTarget(target: BenchTarget, rounds: readonly BenchRound[]): JudgedTarget {
  const { name, unit } = target;
  const measured = median(rounds.map(target.measured));
  if ("atMost" in target) {
    const columns = [name, `${rounded(measured)} ${unit}`, `${target.atMost} ${unit}`];
    return { isMissed: measured > target.atMost, columns };
  }
  const ratio = median(rounds.map((each) => target.measured(each) / target.of(each)));
  const whole = median(rounds.map(target.of));
  const { floor } = target;
  const least =
    floor === undefined ? "" : `${median(rounds.map((each) => floor(each) / target.of(each))).toFixed(2)} ×`;
  const numbers = `${rounded(measured)} : ${rounded(whole)} ${unit}`;
  return {
    isMissed: ratio > target.times,
    columns: [name, `${ratio.toFixed(2)} ×`, `${target.times} ×`, least, numbers],
  };
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
