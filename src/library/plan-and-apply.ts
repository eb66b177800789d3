import type { ApiClient } from "../api/client.ts";
import type { Clock } from "../api/http/events.ts";
import { applyPlan } from "../apply/apply-plan.ts";
import type { Journal, JournalRecord } from "../apply/journal.ts";
import type { Outcome } from "../apply/outcome.ts";
import { TokenGuard } from "../apply/token-guard.ts";
import { preparePlan, type PlanFiles, type PreparedPlan } from "../commands/sync/prepare-plan.ts";
import { recordsToKeep } from "../apply/records-to-keep.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result, type Target } from "../model/integration.ts";
import { withWorkspaceSection, type Lockfile } from "../model/lockfile.ts";
import type { FingerprintKey } from "../model/secret.ts";
import type { Plan, PlanFlags } from "../plan/change.ts";
import { missingValues } from "../plan/decide/missing-values.ts";
import type { SecondLook } from "../plan/match/second-look.ts";
import type { DesiredState } from "./load.ts";

/** What {@link plan} is made from. */
export interface PlanOptions {
  readonly desired: DesiredState;
  readonly lockfile: Lockfile;
  readonly target: Target;
  /** A client for the same target. `read-only` is enough. */
  readonly client: ApiClient;
  /** What the plan may do. Default: it adopts, replaces and deletes nothing, and covers everything. */
  readonly flags?: Partial<PlanFlags>;
  /** Without one, a rotated value isn't noticed. */
  readonly fingerprintKey?: FingerprintKey;
  /**
   * Used to look again, 2 s later, for integrations that can't be found and for what an interrupted apply may have
   * created.
   */
  readonly clock: Pick<Clock, "now" | "sleep">;
  /**
   * How long the server may take to carry out and show a creation whose answer was lost, in milliseconds since the
   * creation was sent. A plan with such a record in the journal waits that long before it treats the creation as not
   * done. Default: 30,000.
   */
  readonly settleMs?: number;
  /**
   * The records that an interrupted apply left in the journal: {@link Applied.journal}, or the decoded text. Default:
   * none.
   */
  readonly journal?: readonly JournalRecord[];
}

/** A plan, and what {@link apply} needs to carry it out. Pass it on as it is: a copy can't be applied. */
export interface Planned {
  /** Plain data, the same for the same input. It holds no secret value. */
  readonly plan: Plan;
  /**
   * The lockfile with what an interrupted apply created, and without the values that it left in doubt. If a journal was passed in, write this lockfile before
   * {@link apply}.
   */
  readonly lockfile: Lockfile;
}

/** The caller passes the journal in, so it is trusted. */
const TRUST = "trusted";

const made = new WeakMap<
  Planned,
  { readonly sources: PlanFiles; readonly prepared: PreparedPlan; readonly options: PlanOptions }
>();

/**
 * Reads the workspace and compares it with the file and the lockfile. Changes nothing. A failed read is never treated
 * as absence: if the workspace can't be read, the result is an error without a plan; if a project can't be read, its
 * keys are refused.
 */
export async function plan(options: PlanOptions): Promise<Result<Planned, readonly Diagnostic[]>> {
  const { desired, lockfile, target, client, journal = [] } = options;
  const placeOf: PlanFiles["written"]["placeOf"] = (key, path) =>
    key === undefined ? undefined : desired.placeOf(key, path);
  const sources: PlanFiles = {
    written: { placeOf, removed: desired.removed },
    integrations: desired.integrations,
    target,
    lock: { lock: lockfile },
    key: options.fingerprintKey,
  };
  const secondLook: SecondLook = {
    now: () => options.clock.now(),
    settleMs: options.settleMs ?? 30_000,
    wait: async (ms) => {
      await options.clock.sleep(ms);
      return true;
    },
  };
  const flags: PlanFlags = { adopt: false, allow_replace: false, prune: false, resend: [], only: [], ...options.flags };
  const prepared = await preparePlan(
    { options: { flags } },
    { inputs: sources, records: journal, trust: TRUST, client, secondLook },
  );
  if (!prepared.ok) return failure(prepared.error.diagnostics);
  const planned = {
    plan: prepared.value.plan,
    lockfile: withWorkspaceSection(lockfile, target, prepared.value.section),
  };
  made.set(planned, { sources, prepared: prepared.value, options });
  return success(planned);
}

/** What {@link apply} works with. Only one apply of a lockfile may run at a time: the caller must make sure of that. */
export interface ApplyOptions {
  /** A `read-write` client for the plan's target. */
  readonly client: ApiClient;
  /**
   * Records each creation before it is sent, and before the updates which values they send that the API never returns.
   * A record must be durable when the promise resolves: after a crash, the
   * next {@link plan} needs it in order to create nothing twice.
   */
  readonly journal: Journal;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Once aborted, nothing new is begun, and what is under way is finished. Default: never. */
  readonly signal?: AbortSignal;
  /** How many changes are carried out at once. Default: 10. */
  readonly concurrency?: number;
  /** Called as soon as the outcome of a change is known. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** How an apply ended. Write the lockfile first, whatever the outcomes are: it says what the workspace has now. */
export interface Applied {
  /** One for each change that does something, in the plan's order. */
  readonly outcomes: readonly Outcome[];
  /** The new content of the lockfile. */
  readonly lockfile: Lockfile;
  /**
   * The journal records that the next run still needs. After the lockfile is written, replace the content of the
   * journal with them.
   */
  readonly journal: readonly JournalRecord[];
  /** The API refused the token (401), so the rest was not started. */
  readonly tokenRefused: boolean;
  /**
   * Errors that were thrown during the apply. Each is a bug. They are returned instead of thrown, so that the
   * lockfile isn't lost.
   */
  readonly bugs: readonly unknown[];
}

/**
 * Carries out a plan. One failed change doesn't stop the others. Refused changes aren't carried out. Fails with
 * `missing-value`, before the first request, if a value that must be sent is unknown. Throws for a copy of what
 * {@link plan} returned.
 */
export async function apply(planned: Planned, options: ApplyOptions): Promise<Result<Applied, readonly Diagnostic[]>> {
  const found = made.get(planned);
  if (found === undefined) throw new TypeError("only what plan() returned can be applied, not a copy of it");
  const { sources, prepared } = found;
  const { target } = sources;
  const missing = missingDiagnostics(prepared, found.options.desired);
  if (missing.length > 0) return failure(missing);

  const token = new TokenGuard();
  const records = [...(found.options.journal ?? [])];
  const journal: Journal = {
    append: async (record) => {
      const appended = await options.journal.append(record);
      if (appended.ok) records.push(record);
      return appended;
    },
  };
  const { outcomes, section, bugs } = await applyPlan(
    prepared.plan,
    { ...sources, ...prepared },
    {
      api: token.watch(options.client),
      journal,
      clock: options.clock,
      signal: AbortSignal.any([token.signal, ...(options.signal === undefined ? [] : [options.signal])]),
      concurrency: options.concurrency ?? 10,
      note: () => undefined,
      report: options.onOutcome ?? (() => undefined),
    },
  );
  const { observed } = prepared;
  const writtenKeys = sources.integrations.map(({ key }) => key);
  return success({
    outcomes,
    lockfile: withWorkspaceSection(planned.lockfile, target, section),
    journal: recordsToKeep(records, {
      target,
      trust: TRUST,
      writtenKeys,
      section,
      outcomes,
      choice: prepared.plan.flags,
      observed,
    }),
    tokenRefused: token.refusal !== undefined,
    bugs,
  });
}

function missingDiagnostics({ plan: due, desired, observed }: PreparedPlan, state: DesiredState): Diagnostic[] {
  return missingValues(due, desired, observed).map(({ key, path, variable }) => {
    const place = state.placeOf(key, path);
    const message = `$${variable} has no value, and ${key} needs it`;
    return { code: "missing-value", severity: "error", message, ...(place === undefined ? {} : { place }) };
  });
}
