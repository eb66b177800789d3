/** Exit codes: a contract (see the README). */
export const EXIT = {
  done: 0,
  bug: 1,
  changes: 2,
  invalid: 3,
  auth: 4,
  failed: 5,
  stale: 6,
  refused: 7,
  sigint: 130,
  sigterm: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const PRECEDENCE: readonly ExitCode[] = [
  EXIT.bug,
  EXIT.sigint,
  EXIT.sigterm,
  EXIT.invalid,
  EXIT.auth,
  EXIT.stale,
  EXIT.failed,
  EXIT.refused,
  EXIT.changes,
];

/** Where several hold, the one that a user has to hear of first. */
export function worstExitCode(codes: Iterable<ExitCode>): ExitCode {
  const held = new Set(codes);
  return PRECEDENCE.find((code) => held.has(code)) ?? EXIT.done;
}
