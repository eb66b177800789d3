/**
 * Integrations as code for Buddy, as a library: text in, plain data out, and every effect through a port that the caller
 * passes in. Nothing here reads files, the environment or the clock.
 *
 * The order of calls is that of the stages: {@link loadIntegrations} and {@link readLockfile}, {@link plan}, {@link apply},
 * then {@link formatLockfile}. Expected failures are values: a {@link Result} whose error is a list of {@link Diagnostic}s.
 * What is thrown is a bug, of this library or of its caller.
 * @packageDocumentation
 */

// The stages.
export { fingerprintKey, loadIntegrations, readLockfile, workspaceTarget } from "./library/load.ts";
export type { DesiredState, LoadOptions } from "./library/load.ts";
export { createClient, type ClientOptions } from "./library/create-client.ts";
export { apply, plan } from "./library/plan-and-apply.ts";
export type { Applied, ApplyOptions, Planned, PlanOptions } from "./library/plan-and-apply.ts";
export { renderJson, renderMarkdown, renderReport, renderText, type Shown } from "./library/render-plan.ts";
export { renderDiagnostics, type DiagnosticFormat } from "./render/diagnostics.ts";
export type { FileReport, RunsReport } from "./render/report-json.ts";

// What they take and return.
export type * from "./model/integration.ts";
export type { Diagnostic, Frame, Place, Position, Range, Until } from "./model/diagnostic.ts";
export { Secret, type FingerprintKey } from "./model/secret.ts";
export type * from "./plan/change.ts";
export type * from "./plan/field-change.ts";
export type { FailureCause, Outcome } from "./apply/outcome.ts";

// The files that a run keeps.
export { EMPTY_LOCKFILE, workspaceSection } from "./model/lockfile.ts";
export type { LockedLifecycle, LockEntry, Lockfile, LockSection, StoredValue } from "./model/lockfile.ts";
export { formatLockfile } from "./checkout/lockfile/write.ts";
export { decodeJournal, encodeJournalRecord } from "./checkout/journal/codec.ts";
export type { BeginRecord, CreationRecord, EndRecord, Journal, JournalRecord, UpdatesRecord } from "./apply/journal.ts";

// The API.
export type * from "./api/client.ts";
export type { Clock, HttpEvent } from "./api/http/events.ts";

// References in pipeline files.
export { declaredInputs } from "./pipelines/scan/declared-inputs.ts";
export { scanPipeline } from "./pipelines/scan/scan.ts";
export type { DeclaredInputs, ReferenceSlot, ScanKnowledge } from "./pipelines/scan/reference-keys.ts";
export type { QuoteStyle } from "./pipelines/scan/scalar.ts";
export type { PipelineScan, Reference, ReferenceContext } from "./pipelines/reference.ts";
export { knownHashes } from "./pipelines/meaning/known-integrations.ts";
export type { KnownIntegrations, WantedIntegration, WorkspaceAnswers } from "./pipelines/meaning/known-integrations.ts";
export { checkReferences } from "./pipelines/meaning/check.ts";
export type { PendingUse, ReferenceCheck } from "./pipelines/meaning/check.ts";
export { rewriteReferences } from "./pipelines/rewrite.ts";
export type {
  ReferenceStyle,
  ReferenceText,
  RewriteResult,
  RewrittenReference,
  SkippedReference,
} from "./pipelines/rewrite.ts";
