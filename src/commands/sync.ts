import { resolve } from "node:path";
import type { JournalRecord } from "../apply/journal.ts";
import { EXIT, worst, type ExitCode } from "../exit.ts";
import { writeFileAtomic } from "../checkout/files.ts";
import type { Io } from "../io.ts";
import type { Result } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import { isPassive, type Plan } from "../plan/change.ts";
import { planDocument } from "../render/plan-json.ts";
import { applyCommand } from "./apply.ts";
import { withBreakages } from "./breakages.ts";
import { connect, eventLine } from "./connect.ts";
import { createConsole, type Console } from "./console.ts";
import { checkExpectation } from "./expect.ts";
import { journalPath, readInputs, readJournal, type Inputs } from "./inputs.ts";
import type { SyncOptions } from "./options.ts";
import { prepareOffline, preparePlan } from "./prepare.ts";
import { interruptions } from "./recovery.ts";
import { locateIn, report, type SyncReport } from "./report.ts";
import { referencesIn } from "./masks.ts";
import { problem, stop, warning, type Stop } from "./stop.ts";

/** `sync --plan` and `sync --apply`: the result goes to stdout, all else to stderr. */
export async function sync(options: SyncOptions, io: Io): Promise<ExitCode> {
  const console = createConsole(options, io, eventLine);
  const command = `sync --${options.mode}` as const;
  const read = await readInputs(options, io);
  if (!read.ok) return report({ command, ...read.error }, options, io);
  const inputs = read.value;
  if (canNotTellRotation(inputs)) console.note(NO_KEY);
  if (options.mode === "apply") {
    const say = (): void =>
      console.say(`\n${String(io.signal.reason)}: finishing what is under way; once more stops at once`);
    io.signal.addEventListener("abort", say, { once: true });
  }
  const found =
    options.mode === "plan"
      ? await plan(inputs, options, io, console)
      : await applyCommand(inputs, options, io, console);
  const result: SyncReport = found.ok ? { command, ...found.value } : { command, ...found.error };
  const exit = io.signal.aborted ? worst([result.exit, interruption(io.signal)]) : result.exit;
  const diagnostics = [...inputs.warnings, ...result.diagnostics];
  return report({ ...result, exit, diagnostics, locate: locateIn(inputs.written) }, options, io);
}

const NO_KEY =
  "note: BUDDY_INTEGRATIONS_KEY is not set, so a rotated value isn't noticed; set it (`openssl rand -base64 32` makes one), or use lifecycle.rotate or --resend";

/** Values are here, and no key to fingerprint them with: a pull request without either need not hear of it. */
function canNotTellRotation({ key, integrations }: Inputs): boolean {
  return key === undefined && referencesIn(integrations).some(({ known }) => known);
}

async function plan(
  inputs: Inputs,
  options: SyncOptions,
  io: Io,
  console: Console,
): Promise<Result<Omit<SyncReport, "command">, Stop>> {
  const journal = await readJournal(journalPath(inputs.lock));
  const records = journal.ok ? journal.value : [];
  const damage = `${inputs.lock.name}.journal can't be read`;
  const notes = journal.ok
    ? interruptions(records, inputs.target)
    : [
        warning(
          "journal-damaged",
          damage,
          "sync --apply sets it aside, and looks for what the interrupted run created",
        ),
      ];
  const planned = await planWith(records, inputs, options, io, console);
  // However it ends, it tells what the journal says.
  return planned.ok
    ? success({ ...planned.value, diagnostics: [...notes, ...planned.value.diagnostics] })
    : failure({ ...planned.error, diagnostics: [...notes, ...planned.error.diagnostics] });
}

async function planWith(
  records: readonly JournalRecord[],
  inputs: Inputs,
  options: SyncOptions,
  io: Io,
  console: Console,
): Promise<Result<Omit<SyncReport, "command">, Stop>> {
  const planned = options.offline
    ? prepareOffline(inputs, records, options.flags)
    : await onlinePlan(inputs, records, options, io, console);
  if (!planned.ok) return planned;
  const made = await withBreakages(planned.value, io);
  if (options.out !== undefined) {
    const written = await writeFileAtomic(
      resolve(io.cwd, options.out),
      `${JSON.stringify(planDocument(made), null, 2)}\n`,
      0o600,
    );
    if (!written.ok) {
      return stop(EXIT.invalid, [problem("unwritable", `${options.out} can't be written: ${written.error.message}`)]);
    }
  }
  const codes: ExitCode[] = [];
  if (made.changes.some(({ refused }) => refused !== undefined)) codes.push(EXIT.refused);
  if (options.detailedExitcode && made.changes.some((change) => !isPassive(change))) codes.push(EXIT.changes);
  if (options.expect !== undefined) {
    const stale = await checkExpectation(made, options.expect, io);
    if (stale !== undefined) return failure(stale);
  }
  return success({ exit: worst(codes), diagnostics: [], plan: made });
}

async function onlinePlan(
  inputs: Inputs,
  records: readonly JournalRecord[],
  options: SyncOptions,
  io: Io,
  console: Console,
): Promise<Result<Plan, Stop>> {
  const client = await connect(inputs.target, { ...options, readOnly: true }, io, console);
  if (!client.ok) return client;
  const prepared = await preparePlan(inputs, client.value, records, options.flags);
  return prepared.ok ? success(prepared.value.plan) : prepared;
}

function interruption(signal: AbortSignal): ExitCode {
  return signal.reason === "SIGTERM" ? EXIT.sigterm : EXIT.sigint;
}
