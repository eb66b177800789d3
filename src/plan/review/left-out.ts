import type { Refusal } from "../change.ts";

/** Why `--expect` leaves a change out. */
export function leftOut(message: string): Refusal {
  return { code: "not-reviewed", message, hint: "plan again, and have the new plan reviewed" };
}
