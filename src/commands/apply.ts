import { applyPlan } from "../apply/apply.ts";
import { foreignRecords, interruptedCreates, type JournalRecord } from "../apply/journal.ts";
import type { Outcome } from "../apply/outcome.ts";
import { sortDiagnostics, type Diagnostic } from "../diagnostic.ts";
import { EXIT, worst, type ExitCode } from "../exit.ts";
import { writeFileAtomic } from "../fs.ts";
import type { Io } from "../io.ts";
import { JournalFile } from "../journal-file.ts";
import { formatLock } from "../lock/write.ts";
import { withSection, type LockSection } from "../lockfile.ts";
import type { Result, Target } from "../model.ts";
import { success } from "../model.ts";
import { isPassive, type Change, type Plan } from "../plan/change.ts";
import { missingValues } from "../plan/missing.ts";
import { outcomeLine } from "../render/outcomes.ts";
import { renderPlanText } from "../render/plan-text.ts";
import { takeRunLock } from "../run-lock.ts";
import { connect } from "./connect.ts";
import type { Console } from "./console.ts";
import { checkExpectation } from "./expect.ts";
import { journalPath, readJournal, readLock, type Inputs } from "./inputs.ts";
import type { SyncOptions } from "./options.ts";
import { preparePlan, type Prepared } from "./prepare.ts";
import { textOptions, type SyncReport } from "./report.ts";
import { exitOfFailures, problem, stop, warning, type Stop } from "./stop.ts";

type Applied = Result<Omit<SyncReport, "command">, Stop>;

/**
 * Plans, asks, carries out, and writes the lockfile; one run on a checkout at a time.
 * @param select the changes to carry out; `import` takes adoptions alone
 */
export async function applyCommand(
  inputs: Inputs,
  options: SyncOptions,
  io: Io,
  console: Console,
  select: (change: Change) => boolean = () => true,
): Promise<Applied> {
  const lock = await takeRunLock(`${inputs.lock.path}.lock`, io);
  if (!lock.ok) {
    if (lock.error.kind === "unwritable") {
      const { message } = lock.error.problem;
      const text = `the folder of ${inputs.lock.name} can't be written (${message}), so nothing was changed`;
      return stop(EXIT.invalid, [problem("unwritable", text)]);
    }
    const { by, sinceSeconds } = lock.error;
    const text = `another run is active on this checkout: ${by}, last seen ${sinceSeconds} s ago`;
    return stop(EXIT.stale, [
      problem("another-run", text, `wait for it; if it is dead, this passes within 30 s (${inputs.lock.name}.lock)`),
    ]);
  }
  try {
    // Read again: another run may have written it until this one got its turn.
    const fresh = await readLock(options, inputs.target, io);
    if (fresh.input === undefined) return stop(EXIT.invalid, fresh.diagnostics);
    return await locked({ ...inputs, lock: fresh.input }, options, io, console, select);
  } finally {
    await lock.value.release();
  }
}

async function locked(
  inputs: Inputs,
  options: SyncOptions,
  io: Io,
  console: Console,
  select: (change: Change) => boolean,
): Promise<Applied> {
  const journalFile = new JournalFile(journalPath(inputs.lock));
  const records = await recover(inputs, journalFile, io, console);
  if (!records.ok) return records;
  const client = await connect(inputs.target, { ...options, readOnly: false }, io, console);
  if (!client.ok) return client;
  const made = await preparePlan(inputs, client.value, records.value, options.flags);
  if (!made.ok) return made;
  const plan: Plan = { ...made.value.plan, changes: made.value.plan.changes.filter(select) };
  const prepared = { ...made.value, plan };
  const obstacles = [
    options.expect === undefined ? undefined : await checkExpectation(plan, options.expect, io),
    missing(inputs, prepared),
  ].filter((obstacle) => obstacle !== undefined);
  if (obstacles.length > 0) {
    const diagnostics = obstacles.flatMap((obstacle) => obstacle.diagnostics);
    return { ok: false, error: { exit: worst(obstacles.map(({ exit }) => exit)), diagnostics, plan } };
  }
  if (options.format === "text") io.stdout.write(`${renderPlanText(plan, textOptions(options, io))}\n`);
  if (!(await confirmed(plan, options, io))) return stop(EXIT.refused, [problem("declined", "nothing was changed")]);

  const { outcomes, section } = await applyPlan(
    plan,
    { ...inputs, ...prepared },
    {
      api: client.value,
      journal: journalFile,
      clock: io,
      signal: io.signal,
      concurrency: options.concurrency,
      report: (outcome) => {
        const line = outcomeLine(outcome);
        if (line !== undefined) console.say(line);
      },
    },
  );
  const saved = await save(inputs, section, outcomes, options, io);
  if (saved.length === 0) {
    const kept = await journalFile.keep(await unresolved(inputs, section, outcomes));
    if (!kept.ok) saved.push(warning("journal-stays", `the journal can't be removed: ${kept.error.message}`));
  } else await journalFile.close();
  return success({
    exit: worst([...exitCodes(outcomes), ...(saved.length > 0 ? [EXIT.failed] : [])]),
    diagnostics: saved,
    plan,
    outcomes,
  });
}

/** The journal of an interrupted run; one that can't be read is set aside, so that it never stops a run. */
async function recover(
  inputs: Inputs,
  journalFile: JournalFile,
  io: Io,
  console: Console,
): Promise<Result<readonly JournalRecord[], Stop>> {
  const journal = await readJournal(journalPath(inputs.lock));
  if (!journal.ok) {
    const aside = await journalFile.setAside(io.now());
    const name = `${inputs.lock.name}.journal`;
    if (!aside.ok)
      return stop(EXIT.invalid, [
        problem("journal-damaged", `${name} is damaged and can't be moved away: ${aside.error.message}`),
      ]);
    console.say(
      `warning: ${name} is damaged; it was set aside as ${aside.value}. Integrations are found again by identifier`,
    );
    return success([]);
  }
  if (journal.value.length === 0) return success([]);
  for (const { key, identifier, hashId } of interruptedCreates(journal.value, inputs.target).values()) {
    console.say(
      `an earlier run was interrupted while it created ${key} (identifier ${identifier})${hashId === undefined ? "; looking for it" : `: ${hashId}`}`,
    );
  }
  // Written anew, since a killed run may have left half a line.
  const kept = await journalFile.keep(journal.value);
  if (kept.ok) return success(journal.value);
  return stop(EXIT.invalid, [
    problem("unwritable", `${inputs.lock.name}.journal can't be written: ${kept.error.message}`),
  ]);
}

/** Every value that has to be sent and isn't here, at its place in the file. */
function missing(inputs: Inputs, { plan, desired, observed }: Prepared): Stop | undefined {
  const diagnostics = missingValues(plan, desired, observed).map(({ key, path, variable }): Diagnostic => {
    const place = inputs.written.locate(key, path);
    const hint = `set ${variable}, or ${variable}_FILE, or pass --secrets-file`;
    return {
      ...problem("missing-value", `$${variable} is not set, and ${key} needs it`, hint),
      ...(place === undefined ? {} : { place }),
    };
  });
  if (diagnostics.length === 0) return undefined;
  return { exit: EXIT.invalid, diagnostics: sortDiagnostics(diagnostics) };
}

async function confirmed(plan: Plan, { yes, format }: SyncOptions, io: Io): Promise<boolean> {
  const due = plan.changes.filter((change) => !isPassive(change) && change.refused === undefined);
  if (yes || due.length === 0 || !io.interactive || format !== "text") return true;
  const answer = await io.ask(`Apply these changes to ${plan.workspace}? [y/N] `);
  return /^(?:y|yes)$/i.test(answer?.trim() ?? "");
}

/** Writes the lockfile if its content changed. If it can't be written, says how to recover every hash. */
async function save(
  inputs: Inputs,
  section: LockSection,
  outcomes: readonly Outcome[],
  options: SyncOptions,
  io: Io,
): Promise<Diagnostic[]> {
  const { lock, target } = inputs;
  const text = formatLock(withSection(lock.lock, target, section));
  if (text === lock.text || (section.size === 0 && lock.text === undefined)) return [];
  const written = await writeFileAtomic(lock.path, text);
  if (written.ok) return [];
  const commands = outcomes.flatMap((outcome) =>
    outcome.kind === "done" && ["create", "replace", "adopt"].includes(outcome.change.action)
      ? [`  buddy-integrations import ${outcome.change.key} ${outcome.hashId} --file ${options.file}`]
      : [],
  );
  if (commands.length > 0) io.stderr.write(`${["To recover, run:", ...commands].join("\n")}\n`);
  const hint =
    "make room or fix the permissions, then apply again: the journal and the identifiers find everything again";
  return [problem("lock-unwritten", `${lock.name} can't be written: ${written.error.message}`, hint)];
}

/** Journal records that the next run still needs. */
async function unresolved(
  inputs: Inputs,
  section: LockSection,
  outcomes: readonly Outcome[],
): Promise<JournalRecord[]> {
  const journal = await readJournal(journalPath(inputs.lock));
  if (!journal.ok) return [];
  const held = new Set([...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]));
  const open = new Set(
    outcomes.flatMap(({ change, kind }) =>
      kind === "unknown" || kind === "not-started" || kind === "refused" ? [change.key] : [],
    ),
  );
  const planned = new Set(outcomes.map(({ change }) => change.key));
  const keep = new Set(
    [...interruptedCreates(journal.value, inputs.target)].flatMap(([key, { hashId }]) => {
      if (hashId !== undefined) return held.has(hashId) ? [] : [key];
      const leftOut = inputs.written.keys.includes(key) && !planned.has(key) && !section.has(key);
      return open.has(key) || leftOut ? [key] : [];
    }),
  );
  const own = journal.value.filter((record) => isOf(record, inputs.target) && keep.has(record.key));
  return [...foreignRecords(journal.value, inputs.target), ...own];
}

function isOf(record: JournalRecord, target: Target): boolean {
  return record.api === target.api && record.workspace === target.workspace;
}

function exitCodes(outcomes: readonly Outcome[]): ExitCode[] {
  return outcomes.map((outcome): ExitCode => {
    switch (outcome.kind) {
      case "done":
        return EXIT.done;
      case "failed":
      case "unknown":
        return outcome.cause.kind === "api" ? exitOfFailures([outcome.cause.failure]) : EXIT.failed;
      case "refused":
        return EXIT.refused;
      case "not-started":
        return EXIT.failed;
      default:
        return outcome satisfies never;
    }
  });
}
