import type { LookAgain, SecondLook } from "../../plan/match/second-look.ts";
import type { ConsoleOptions } from "../console.ts";
import type { Session } from "../session.ts";

/** Waits by the session's clock, and prints why. @param settleMs undefined for a plan, which creates nothing */
export function createSecondLook(
  { io, console, signal }: Pick<Session<ConsoleOptions>, "io" | "console" | "signal">,
  settleMs: number | undefined,
): SecondLook {
  return {
    now: () => io.now(),
    settleMs,
    wait: async (ms, why) => {
      console.note(waitingLine(ms, why));
      await io.sleep(ms, signal);
      return !signal.aborted;
    },
  };
}

/** The most keys that a line names. */
const MOST_KEYS = 5;

function waitingLine(ms: number, { gone, unanswered }: LookAgain): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const reasons = [
    ...(unanswered.length === 0
      ? []
      : [`an earlier apply was interrupted while it created ${someOf(unanswered)}, and the server may still do it`]),
    ...(gone.length === 0 ? [] : [`${someOf(gone)} can't be found (404), which may be temporary`]),
  ];
  return `waiting ${seconds} s to look again: ${reasons.join("; ")}`;
}

function someOf(keys: readonly string[]): string {
  const more = keys.length - MOST_KEYS;
  return more > 0 ? `${keys.slice(0, MOST_KEYS).join(", ")} and ${more} more` : keys.join(", ");
}
