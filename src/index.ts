/**
 * Integrations as code for Buddy, as a library: text in, plain data out, and every effect through a port that the caller
 * passes in. Nothing here reads files, the environment or the clock.
 *
 * The order of calls is that of the stages: {@link loadIntegrations} and {@link readLockfile}, {@link plan}, {@link apply},
 * then {@link formatLockfile}. Expected failures are values: a {@link Result} whose error is a list of {@link Diagnostic}s.
 * What is thrown is a bug, of this library or of its caller.
 * @packageDocumentation
 */
import type { ApiClient } from "./api/client.ts";
import { harmlessJson } from "./model/printable.ts";
import { createHttpClient } from "./api/http/client.ts";
import { createDirectTransport } from "./api/http/direct-transport.ts";
import { createFetchTransport } from "./api/http/fetch-transport.ts";
import type { Clock, HttpEvent } from "./api/http/events.ts";
import { tokenProblem } from "./api/wire.ts";
import { applyPlan } from "./apply/apply-plan.ts";
import type { Journal, JournalRecord } from "./apply/journal.ts";
import type { Outcome } from "./apply/outcome.ts";
import { TokenGuard } from "./apply/token-guard.ts";
import { parseLockfile } from "./checkout/lockfile/read.ts";
import { preparePlan, type PlanFiles, type PreparedPlan } from "./commands/prepare.ts";
import { recordsToKeep } from "./apply/records-to-keep.ts";
import { loadConfig, resolveConfig } from "./config/load-config.ts";
import { readFingerprintKey, resolveTarget } from "./config/resolve-target.ts";
import type { Diagnostic, Place } from "./model/diagnostic.ts";
import {
  failure,
  success,
  type IntegrationWithSecrets,
  type Key,
  type Result,
  type Target,
} from "./model/integration.ts";
import { withWorkspaceSection, type Lockfile } from "./model/lockfile.ts";
import { Secret, type FingerprintKey } from "./model/secret.ts";
import type { Plan, PlanFlags } from "./plan/change.ts";
import { missingValues } from "./plan/decide/missing-values.ts";
import type { SecondLook } from "./plan/match/second-look.ts";
import { renderComment } from "./render/markdown.ts";
import { renderRunsJson, type RunsReport } from "./render/report-json.ts";
import { renderOutcomes } from "./render/outcomes.ts";
import { planDocument } from "./render/plan-json.ts";
import { renderPlanText } from "./render/plan-text.ts";

export type * from "./api/client.ts";
export type { Clock, HttpEvent } from "./api/http/events.ts";
export { decodeJournal, encodeJournalRecord } from "./checkout/journal/codec.ts";
export type { BeginRecord, EndRecord, Journal, JournalRecord } from "./apply/journal.ts";
export type { FailureCause, Outcome } from "./apply/outcome.ts";
export { formatLockfile } from "./checkout/lockfile/write.ts";
export type { Diagnostic, Frame, Place, Position, Range, Until } from "./model/diagnostic.ts";
export type * from "./model/integration.ts";
export { EMPTY_LOCKFILE, workspaceSection } from "./model/lockfile.ts";
export type { LockedLifecycle, LockEntry, Lockfile, LockSection, StoredValue } from "./model/lockfile.ts";
export { Secret } from "./model/secret.ts";
export type { FingerprintKey } from "./model/secret.ts";
export { checkReferences } from "./pipelines/meaning/check.ts";
export type { PendingUse, ReferenceCheck } from "./pipelines/meaning/check.ts";
export { knownHashes } from "./pipelines/meaning/known-integrations.ts";
export type { KnownIntegrations, WantedIntegration, WorkspaceAnswers } from "./pipelines/meaning/known-integrations.ts";
export type { PipelineScan, Reference, ReferenceContext } from "./pipelines/reference.ts";
export { rewriteReferences } from "./pipelines/rewrite.ts";
export type {
  ReferenceStyle,
  ReferenceText,
  RewriteResult,
  RewrittenReference,
  SkippedReference,
} from "./pipelines/rewrite.ts";
export { declaredInputs } from "./pipelines/scan/declared-inputs.ts";
export type { DeclaredInputs, ReferenceSlot, ScanKnowledge } from "./pipelines/scan/reference-keys.ts";
export type { QuoteStyle } from "./pipelines/scan/scalar.ts";
export { scanPipeline } from "./pipelines/scan/scan.ts";
export type * from "./plan/change.ts";
export type { FileReport, RunsReport } from "./render/report-json.ts";
export { renderDiagnostics } from "./render/diagnostics.ts";
export type { DiagnosticFormat } from "./render/diagnostics.ts";

/** The desired state: a valid file with its references looked up. */
export interface DesiredState {
  /** The name that diagnostics show. */
  readonly file: string;
  /** As far as the file names it; {@link workspaceTarget} makes a {@link Target} of it. */
  readonly target: Partial<Target>;
  /** Sorted by key, with `defaults` merged. */
  readonly integrations: readonly IntegrationWithSecrets[];
  /** The names of all variables that the file refers to, sorted. */
  readonly references: readonly string[];
  /** Keys that the file drops from management, sorted. */
  readonly removed: readonly Key[];
  /** Problems that don't stop a run. */
  readonly warnings: readonly Diagnostic[];
  /** The place of an integration, or of one of its fields, in the file; `undefined` for an unknown key. */
  placeOf(key: Key, path?: readonly (string | number)[]): Place | undefined;
}

/** How {@link loadIntegrations} reads a text. */
export interface LoadOptions {
  /** The name for diagnostics. Default: `integrations.yaml`. */
  readonly file?: string;
  /**
   * Values for `$NAME` references. A name that is missing here gives a {@link Secret} without a value, which is
   * enough to plan. An empty value is an error.
   */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads an integrations.yaml (schemas/integrations.schema.json): syntax, schema, rules, references. Reports every problem
 * at once, in the order of the file.
 */
export function loadIntegrations(
  text: string,
  { file = "integrations.yaml", variables = {} }: LoadOptions = {},
): Result<DesiredState, readonly Diagnostic[]> {
  const loaded = loadConfig(file, new TextEncoder().encode(text));
  if (!loaded.ok) return failure(loaded.diagnostics);
  const { value: written, diagnostics: warnings } = loaded;
  const resolved = resolveConfig(written, (name) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value === undefined ? { kind: "unset" } : { kind: "set", value };
  });
  if (!resolved.ok) return failure([...warnings, ...resolved.diagnostics]);
  const { target, references, removed } = written;
  const { integrations } = resolved.value;
  const placeOf: DesiredState["placeOf"] = (key, path = []) => written.placeOf(key, path);
  return success({ file, target, integrations, references, removed, warnings, placeOf });
}

/**
 * Checks the workspace of a run, and returns it in its canonical form. Fails with `no-workspace`, `wrong-workspace`
 * or `wrong-api`.
 * @param given `api` defaults to https://api.buddy.works
 */
export function workspaceTarget(given: Partial<Target>): Result<Target, readonly Diagnostic[]> {
  return resolveTarget({ flags: given, file: {}, env: {}, placeOf: () => undefined });
}

/**
 * Reads a lockfile strictly: anything that this tool doesn't write is an error with a place. If a checkout has no
 * lockfile yet, use {@link EMPTY_LOCKFILE}.
 * @param file the name for diagnostics
 */
export function readLockfile(text: string, file = "integrations.lock.yaml"): Result<Lockfile, readonly Diagnostic[]> {
  return parseLockfile(file, text);
}

/**
 * Makes the key that fingerprints values in the lockfile, so that a later plan notices a rotated value. Fails with
 * `weak-key`.
 * @param text at least 32 bytes, as hex or base64; it is never shown
 */
export function fingerprintKey(text: string): Result<FingerprintKey, readonly Diagnostic[]> {
  return readFingerprintKey(text);
}

/** How {@link createClient} reaches the API. */
export interface ClientOptions {
  readonly target: Target;
  /** A personal access token. It is sent to the target's host and to no other. */
  readonly token: string;
  /** `read-only`: a request that would change something is a bug, and throws. {@link apply} needs `read-write`. */
  readonly access: "read-only" | "read-write";
  /** Sends the requests, for example through a proxy. Default: direct connections. */
  readonly fetch?: typeof globalThis.fetch;
  /** For pace, retries and timeouts. */
  readonly clock: Clock;
  /** Once aborted, nothing new is sent. Default: never. */
  readonly signal?: AbortSignal;
  /** How many requests may be in flight at once. Default: 10. */
  readonly concurrency?: number;
  /** The longest time for one request and its answer, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number;
  /** How long one call may wait for the API's rate limit, in milliseconds. Default: 300,000. */
  readonly maxWaitMs?: number;
  /** Called for each request and each wait; never with a body, a query or the token. */
  readonly onEvent?: (event: HttpEvent) => void;
}

/**
 * Makes a client for one workspace. Reads and repeatable writes are retried; a creation is sent once. Fails with
 * `wrong-token`, or as {@link workspaceTarget} does.
 */
export function createClient(options: ClientOptions): Result<ApiClient, readonly Diagnostic[]> {
  const token = new Secret("BUDDY_TOKEN", options.token);
  const problem = tokenProblem(token);
  if (problem !== undefined) {
    return failure([{ code: "wrong-token", severity: "error", message: `the token can't be used: ${problem}` }]);
  }
  const target = workspaceTarget(options.target);
  if (!target.ok) return target;
  return success(
    createHttpClient({
      target: target.value,
      token,
      transport: options.fetch === undefined ? createDirectTransport() : createFetchTransport(options.fetch),
      clock: options.clock,
      readOnly: options.access === "read-only",
      signal: options.signal ?? new AbortController().signal,
      concurrency: options.concurrency ?? 10,
      timeoutMs: options.timeoutMs ?? 30_000,
      maxWaitMs: options.maxWaitMs ?? 300_000,
      onEvent: options.onEvent ?? (() => undefined),
    }),
  );
}

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
   * The lockfile with what an interrupted apply created. If a journal was passed in, write this lockfile before
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
   * Records each creation before it is sent. A record must be durable when the promise resolves: after a crash, the
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

/** What the renderers show: a plan, or the outcomes of its apply if there are any. */
export interface Shown {
  readonly plan: Plan;
  readonly outcomes?: readonly Outcome[];
}

/**
 * Renders text for a terminal or a log.
 * @param layout `columns`: the width of the terminal; without it no line is wrapped
 */
export function renderText(
  { plan: shown, outcomes }: Shown,
  layout: { readonly color?: boolean; readonly columns?: number } = {},
): string {
  const { color = false, columns } = layout;
  if (outcomes !== undefined) return renderOutcomes(outcomes, { color });
  return renderPlanText(shown, { color, ...(columns === undefined ? {} : { columns }) });
}

/** Renders a comment for a pull request, of less than 65,536 characters. Destroyed integrations come first. */
export function renderMarkdown({ plan: shown, outcomes }: Shown): string {
  const common = { plan: shown, diagnostics: [], exit: 0 };
  return outcomes === undefined
    ? renderComment({ command: "plan", ...common })
    : renderComment({ command: "apply", ...common, outcomes });
}

/** Renders a plan as a JSON document (schemas/plan.schema.json), with its hash. It is safe to publish. */
export function renderJson(shown: Plan): string {
  return harmlessJson(planDocument(shown));
}

/**
 * Renders the report of a plan or an apply (schemas/report.schema.json), as `--out` writes it. `--expect` accepts it
 * as the reviewed plan, if its runs name their files from the top of the repository.
 */
export function renderReport(report: RunsReport): string {
  return renderRunsJson(report);
}
