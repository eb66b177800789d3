import { LaggingState } from "./lagging-state.ts";
import type { StateChange, EmulatorState, WorkspaceState } from "./state.ts";
import { applyChange, emptyState } from "./state.ts";

/** Where changes are kept so that they survive the process. */
export interface ChangeLog {
  /** Returns when the changes will survive a SIGKILL. */
  append(changes: readonly StateChange[]): void;
  /** Called after the changes were applied; may rewrite itself from the state. */
  settle(state: EmulatorState): void;
  close(): void;
}

/** The state. Every change is written to the log before it is applied. */
export class Store {
  readonly state: EmulatorState;
  /** How long reads are behind writes. */
  lagMs: () => number = () => 0;
  readonly #log: ChangeLog | undefined;
  readonly #lagging = new LaggingState();

  constructor(state: EmulatorState = emptyState(), log?: ChangeLog) {
    this.state = state;
    this.#log = log;
  }

  /** Makes all changes together. After a kill, either all of them are kept or none. */
  commit(...changes: readonly StateChange[]): void {
    this.#log?.append(changes);
    this.#lagging.add(this.state, changes, this.lagMs(), performance.now());
    for (const change of changes) applyChange(this.state, change);
    this.#log?.settle(this.state);
  }

  workspace(domain: string): WorkspaceState | undefined {
    return this.state.workspaces.get(domain);
  }

  /** The state as a read sees it now. */
  stateForReads(): EmulatorState {
    return this.#lagging.stateForReads(this.state, this.lagMs(), performance.now());
  }

  /** A number that no record has or had. */
  nextId(): number {
    return this.state.nextId;
  }

  close(): void {
    this.#log?.close();
  }
}
