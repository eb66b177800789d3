import type { ApiFailure } from "../api/client.ts";
import type { HashId, LiveIntegration, Payload, Result } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import type { ApplyState } from "./apply-state.ts";
import type { CreateFailure, IntegrationCreator } from "./create-once.ts";
import type { FreshList } from "./fresh-list.ts";
import type { Journal } from "./journal.ts";
import { stateCause, type FailureCause } from "./outcome.ts";
import type { UnansweredCreations } from "./unanswered-creations.ts";

/** What applying needs of the API. */
export interface IntegrationWriter extends IntegrationCreator {
  /** `undefined`: there is no such integration. */
  update(hashId: HashId, payload: Payload): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  /** An update that undoes an interrupted step. It is sent even after an interruption. */
  restore(hashId: HashId, payload: Payload): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  remove(hashId: HashId): Promise<Result<"deleted" | "absent", ApiFailure>>;
}

export interface ApplyTools {
  readonly api: IntegrationWriter;
  readonly journal: Journal;
  readonly clock: {
    /** Milliseconds since 1970. */
    now(): number;
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
  };
  /** Aborted by an interruption or a refused token. Then nothing new is started, and requests in flight are finished. */
  readonly signal: AbortSignal;
  /** Called with a line when something takes long. */
  readonly note: (line: string) => void;
}

export interface ApplyContext {
  readonly state: ApplyState;
  readonly freshList: FreshList;
  readonly unanswered: UnansweredCreations;
  readonly tools: ApplyTools;
}

interface CompletedStep {
  readonly hashId: HashId;
  readonly remarks: readonly string[];
}
export type StepFailure = CreateFailure;
export type StepResult = Result<CompletedStep, StepFailure>;

/** Whether nothing of it was sent, because the run was interrupted. */
export function isInterruption(cause: FailureCause): boolean {
  return cause.kind === "api" && cause.failure.kind === "interrupted" && cause.hint === undefined;
}

export function completed(hashId: HashId, remarks: readonly string[] = []): StepResult {
  return success({ hashId, remarks });
}

export function apiFailure(error: ApiFailure): StepFailure {
  return { kind: "failed", cause: { kind: "api", failure: error } };
}

export function stateFailure(message: string, hint?: string): Result<never, StepFailure> {
  return failure({ kind: "failed", cause: stateCause(message, hint) });
}

export function pendingFailure(pending: readonly string[]): Result<never, StepFailure> {
  return stateFailure(`it names a pipeline that doesn't exist: ${pending.join(", ")}`, "create the pipeline first");
}
