import type { StateChange, EmulatorState } from "./state.ts";
import { applyChange, emptyState, snapshot } from "./state.ts";

/** A copy of the state in which each change arrives only after the lag. */
export class LaggingState {
  #behind: EmulatorState | undefined;
  readonly #waiting: { readonly madeAt: number; readonly changes: readonly StateChange[] }[] = [];

  /** Called before the changes are applied to `state`. */
  add(state: EmulatorState, changes: readonly StateChange[], lagMs: number, now: number): void {
    if (lagMs === 0 && this.#behind === undefined) return;
    this.#behind ??= copyState(state);
    this.#waiting.push({ madeAt: now, changes });
  }

  /** What can be seen of `state` at `now`. */
  stateForReads(state: EmulatorState, lagMs: number, now: number): EmulatorState {
    if (this.#behind === undefined) return state;
    while (this.#waiting[0] !== undefined && this.#waiting[0].madeAt + lagMs <= now)
      for (const change of this.#waiting.shift()?.changes ?? []) applyChange(this.#behind, change);
    if (this.#waiting.length > 0) return this.#behind;
    this.#behind = undefined;
    return state;
  }
}

function copyState(state: EmulatorState): EmulatorState {
  const copy = emptyState();
  for (const change of snapshot(state)) applyChange(copy, change);
  return copy;
}
