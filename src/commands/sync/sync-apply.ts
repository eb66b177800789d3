import { TokenGuard } from "../../apply/token-guard.ts";
import type { ApiClient } from "../../api/client.ts";
import { errorDiagnostic } from "../../model/diagnostic.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import { workspaceSection } from "../../model/lockfile.ts";
import type { Change } from "../../plan/change.ts";
import { withoutHalfMoves } from "../../plan/review/half-moves.ts";
import { renderPlanText } from "../../render/plan-text.ts";
import { fileHeading } from "../../render/runs-text.ts";
import { lockForApply, withNotes, type LockedFile } from "./apply-lock.ts";
import type { SyncApplyOptions } from "./apply-options.ts";
import { carryOut, releaseMoved } from "./carry-out.ts";
import { connectClient } from "../inputs/connect.ts";
import { sharedStop, type FileEnds } from "./file-ends.ts";
import type { FileRun } from "./file-runs.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import { othersOfFiles, withOtherFiles, withoutReadingTime } from "./other-files.ts";
import { isDue, prepareApply, type PreparedFile } from "./prepare-apply.ts";
import { readForPlan, type ReadForPlan } from "./prepare-plan.ts";
import { RunConnection } from "./run-connection.ts";
import { createSecondLook } from "./second-look.ts";
import { withSignal, type Session } from "../session.ts";
import { stop, type CommandStop } from "../stop.ts";
import { planTextOptions, type AppliedReport } from "./sync-report.ts";

/** What to apply. */
export interface ApplyRequest {
  readonly inputs: CommandInputs;
  /** Which changes to carry out: `import` and `recover` choose only adoptions. */
  readonly select: (change: Change) => boolean;
  /** With `read-only` no change may send anything. The transport refuses it. */
  readonly access: "read-only" | "read-write";
}

/** A file at one stage of the apply: it goes on or has stopped. */
interface ApplyStage<T> {
  readonly run: FileRun<SyncApplyOptions>;
  readonly at: Result<T, CommandStop>;
}

/**
 * Plans all files with the other files in view, asks once, then carries them out one after the other. Each file has
 * its own run lock, journal and lockfile, so after an interruption every lockfile is still correct.
 */
export async function applyFiles(
  session: Session<SyncApplyOptions>,
  runs: readonly FileRun<SyncApplyOptions>[],
  unreadable: readonly string[],
): Promise<FileEnds<AppliedReport>> {
  announceSignals(session);
  const locked = await lockAll(runs);
  try {
    return await applyLocked(session, locked, unreadable);
  } finally {
    await Promise.all(locked.flatMap(({ at }) => (at.ok ? [at.value.runLock.release()] : [])));
  }
}

/** The same for one file that was read already. */
export async function applyChanges(
  session: Session<SyncApplyOptions>,
  { inputs, select, access }: ApplyRequest,
): Promise<Result<AppliedReport, CommandStop>> {
  announceSignals(session);
  const locked = await lockForApply(session, inputs);
  if (!locked.ok) return locked;
  try {
    const token = watchedToken(session);
    const guarded = withSignal(locked.value.session, token.signal);
    const { inputs: now, records, trust } = locked.value;
    const client = await connectClient(guarded, { ...now, access });
    if (!client.ok) return failure(withNotes(client.error, locked.value.notes));
    const secondLook = createSecondLook(guarded, session.options.settleSeconds * 1000);
    const read = await readForPlan(guarded, { inputs: now, records, trust, client: client.value, secondLook });
    if (!read.ok) return failure(withNotes(read.error, locked.value.notes));
    const prepared = await prepareApply(locked.value, { client: client.value, read: read.value, select });
    return prepared.ok ? await carryOut(prepared.value, { client: client.value, token }) : prepared;
  } finally {
    await locked.value.runLock.release();
  }
}

/** Takes the run locks in the order of the lockfiles' paths, so that two runs can't wait for each other. */
async function lockAll(
  runs: readonly FileRun<SyncApplyOptions>[],
): Promise<readonly ApplyStage<LockedFile<SyncApplyOptions>>[]> {
  const ends = new Map<FileRun<SyncApplyOptions>, Result<LockedFile<SyncApplyOptions>, CommandStop>>();
  const byLockfile = runs.toSorted(({ inputs: a }, { inputs: b }) => (a.lock.path < b.lock.path ? -1 : 1));
  for (const run of byLockfile) {
    const locked = await lockForApply(run.session, run.inputs);
    ends.set(run, locked);
    // Show the notes before the person is asked. In the other formats they are part of the document.
    if (locked.ok && run.session.options.format === "text") {
      run.session.console.problems(locked.value.notes, run.isOnly ? undefined : run.file);
    }
  }
  return runs.flatMap((run) => {
    const at = ends.get(run);
    return at === undefined ? [] : [{ run, at }];
  });
}

async function applyLocked(
  session: Session<SyncApplyOptions>,
  locked: readonly ApplyStage<LockedFile<SyncApplyOptions>>[],
  unreadable: readonly string[],
): Promise<FileEnds<AppliedReport>> {
  const [first, ...rest] = locked.flatMap(({ at }) => (at.ok ? [at.value.inputs] : []));
  if (first === undefined) return { whole: undefined, ends: locked.map(({ at }) => (at.ok ? noEnd() : at)) };
  const token = watchedToken(session);
  const connection = await RunConnection.open(withSignal(session, token.signal), [first, ...rest], "read-write");
  if (!connection.ok) {
    const { whole, each } = sharedStop(connection.error, locked.length);
    const ends = locked.map(({ at }) => (at.ok ? failure(withNotes(each, at.value.notes)) : at));
    return { whole, ends };
  }
  const prepared = applyWithoutHalfMoves(await prepareAll(locked, { connection: connection.value, unreadable, token }));
  const confirmed = await confirmAll(session, prepared);
  const released: ApplyStage<PreparedFile>[] = [];
  for (const { run, at } of confirmed) released.push({ run, at: at.ok ? await releaseMoved(at.value) : at });
  const ends: Result<AppliedReport, CommandStop>[] = [];
  // A key that could not be released is not adopted by the other file.
  for (const { run, at } of applyWithoutHalfMoves(released)) {
    if (!at.ok) {
      ends.push(at);
      continue;
    }
    const file = at.value;
    if (!run.isOnly && file.prepared.plan.changes.some(isDue)) session.console.note(fileHeading(run.file));
    const client = connection.value.toApply(file.inputs.target, file.session.signal);
    ends.push(await carryOut(file, { client, token }));
    await file.runLock.release();
  }
  return { whole: undefined, ends };
}

function noEnd(): never {
  throw new Error("a file that can be applied isn't among those to be applied");
}

interface ReadLocked {
  readonly client: ApiClient;
  readonly read: ReadForPlan;
}

/** Reads for all files together, then plans each file with the others in view. */
async function prepareAll(
  locked: readonly ApplyStage<LockedFile<SyncApplyOptions>>[],
  { connection, unreadable, token }: { connection: RunConnection; unreadable: readonly string[]; token: TokenGuard },
): Promise<readonly ApplyStage<PreparedFile>[]> {
  const readings = await Promise.all(
    locked.map(async ({ run, at }): Promise<Result<ReadLocked, CommandStop>> => {
      if (!at.ok) return at;
      const { session, inputs, records, trust, notes } = at.value;
      const client = connection.toPlan(inputs.target);
      if (!client.ok) return failure(withNotes(client.error, notes));
      const guarded = withSignal(session, token.signal);
      const secondLook = createSecondLook(guarded, session.options.settleSeconds * 1000);
      const namesOfFlags = run.isOnly ? undefined : "checked";
      const sources = { inputs, records, trust, namesOfFlags, client: client.value, secondLook } as const;
      const read = await readForPlan(guarded, sources);
      if (!read.ok) return failure(withNotes(read.error, notes));
      return success({ client: client.value, read: run.isOnly ? read.value : withoutReadingTime(read.value) });
    }),
  );
  const others = othersOfFiles(
    locked.map(({ run }, index) => {
      const reading = readings[index];
      return { run, reading: reading?.ok === true ? reading.value.read : undefined };
    }),
    unreadable,
  );
  return Promise.all(
    locked.map(async ({ run, at }, index): Promise<ApplyStage<PreparedFile>> => {
      const reading = readings[index];
      if (!at.ok) return { run, at };
      if (reading?.ok !== true) return { run, at: reading ?? noEnd() };
      const { client, read } = reading.value;
      const seen = { client, read: withOtherFiles(read, others.get(run.file)), select: () => true };
      return { run, at: await prepareApply(at.value, seen) };
    }),
  );
}

/** A move needs both files. If one can't make its half now, the other leaves its own half out. */
function applyWithoutHalfMoves(prepared: readonly ApplyStage<PreparedFile>[]): readonly ApplyStage<PreparedFile>[] {
  const plans = withoutHalfMoves(
    prepared.map(({ run: { file, inputs }, at }) => {
      const { lock, target } = at.ok ? at.value.inputs : inputs;
      return {
        file,
        workspace: target.workspace,
        lock: workspaceSection(lock.lock, target),
        plan: at.ok ? at.value.prepared.plan : at.error.plan,
        isGoingOn: at.ok,
      };
    }),
  );
  return prepared.map(({ run, at }, index) => {
    const plan = plans[index];
    if (!at.ok || plan === undefined) return { run, at };
    return { run, at: success({ ...at.value, prepared: { ...at.value.prepared, plan } }) };
  });
}

/** Shows every plan, and asks once for all of them. If the person declines, nothing is changed. */
async function confirmAll(
  session: Session<SyncApplyOptions>,
  prepared: readonly ApplyStage<PreparedFile>[],
): Promise<readonly ApplyStage<PreparedFile>[]> {
  const { io, console, options } = session;
  console.progress?.end();
  const ready = prepared.flatMap(({ run, at }) => (at.ok ? [{ run, file: at.value }] : []));
  const due = ready.filter(({ file }) => file.prepared.plan.changes.some(isDue));
  const isAsked = !options.yes && io.interactive && due.length > 0;
  for (const { run, file } of ready) {
    const { plan } = file.prepared;
    if (options.format === "text" || isAsked) console.problems(file.notes, run.isOnly ? undefined : run.file);
    const heading = run.isOnly ? "" : `${fileHeading(run.file)}\n`;
    // With --quiet only the result is printed, except if a person is asked about the plan.
    if (options.format === "text" && (!options.quiet || isAsked)) {
      io.stdout.write(`${heading}${renderPlanText(plan, planTextOptions(session))}\n`);
    } else if (options.format !== "text" && isAsked) {
      // stdout is for the document at the end.
      io.stderr.write(`${heading}${renderPlanText(plan, { color: options.color })}\n`);
    }
  }
  if (
    !isAsked ||
    (await isAgreed(
      session,
      due.map(({ file }) => file),
    ))
  )
    return prepared;
  const declined = stop("refused", errorDiagnostic("declined", "nothing was changed"));
  return prepared.map(({ run, at }) =>
    at.ok && at.value.prepared.plan.changes.some(isDue)
      ? { run, at: failure(withNotes(declined.error, at.value.notes)) }
      : { run, at },
  );
}

async function isAgreed({ io }: Session<SyncApplyOptions>, files: readonly PreparedFile[]): Promise<boolean> {
  const workspaces = [...new Set(files.map(({ inputs: { target } }) => target.workspace))];
  const of = files.length === 1 ? "" : ` of ${files.length} files`;
  const where = workspaces.length > 3 ? `${workspaces.length} workspaces` : workspaces.join(", ");
  const answer = await io.ask(`Apply these changes${of} to ${where}? [y/N] `);
  return /^(?:y|yes)$/i.test(answer?.trim() ?? "");
}

function announceSignals({ io, console }: Session<SyncApplyOptions>): void {
  const say = (): void => {
    const again = io.signal.reason === "SIGTERM" ? "send SIGTERM" : "press Ctrl-C";
    console.say(`\n${String(io.signal.reason)}: finishing what is under way; ${again} again to stop now`);
  };
  io.signal.addEventListener("abort", say, { once: true });
}

/** All files share one token. When it is refused, no new request is started for any of them. */
function watchedToken({ console }: Session<SyncApplyOptions>): TokenGuard {
  const token = new TokenGuard();
  const say = (): void => console.say("the token was refused: finishing what is under way, starting nothing new");
  token.signal.addEventListener("abort", say, { once: true });
  return token;
}
