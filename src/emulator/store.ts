import type { Change, State, Workspace } from "./state.ts";
import { applyChange, emptyState } from "./state.ts";

/** Where changes are kept so that they survive the process. */
export interface ChangeLog {
  /** Returns when the changes will survive a SIGKILL. */
  append(changes: readonly Change[]): void;
  /** Called after the changes were applied; may rewrite itself from the state. */
  settle(state: State): void;
  close(): void;
}

/** The state, with every change written ahead. */
export class Store {
  readonly state: State;
  readonly #log: ChangeLog | undefined;

  constructor(state: State = emptyState(), log?: ChangeLog) {
    this.state = state;
    this.#log = log;
  }

  /** All of them, or, after a kill, none. */
  commit(...changes: readonly Change[]): void {
    this.#log?.append(changes);
    for (const change of changes) applyChange(this.state, change);
    this.#log?.settle(this.state);
  }

  workspace(domain: string): Workspace | undefined {
    return this.state.workspaces.get(domain);
  }

  /** A number that no record has, nor had. */
  nextId(): number {
    return this.state.nextId;
  }

  close(): void {
    this.#log?.close();
  }
}
