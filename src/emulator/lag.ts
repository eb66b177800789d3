import type { Change, State } from "./state.ts";
import { applyChange, emptyState, snapshot } from "./state.ts";

/** A copy of the state that is behind it: each change arrives there a while after it was made. */
export class LaggingState {
  #behind: State | undefined;
  readonly #waiting: { readonly madeAt: number; readonly changes: readonly Change[] }[] = [];

  /** Called before the changes are applied to `state`. */
  add(state: State, changes: readonly Change[], lagMs: number, now: number): void {
    if (lagMs === 0 && this.#behind === undefined) return;
    this.#behind ??= copyOf(state);
    this.#waiting.push({ madeAt: now, changes });
  }

  /** What can be seen of `state` at `now`. */
  seen(state: State, lagMs: number, now: number): State {
    if (this.#behind === undefined) return state;
    while (this.#waiting[0] !== undefined && this.#waiting[0].madeAt + lagMs <= now)
      for (const change of this.#waiting.shift()?.changes ?? []) applyChange(this.#behind, change);
    if (this.#waiting.length > 0) return this.#behind;
    this.#behind = undefined;
    return state;
  }
}

function copyOf(state: State): State {
  const copy = emptyState();
  for (const change of snapshot(state)) applyChange(copy, change);
  return copy;
}
