import { resolve } from "node:path";
import type { JournalRecord } from "../apply/journal.ts";
import { EXIT, worstExitCode, type ExitCode } from "../exit.ts";
import { writeFileAtomic } from "../checkout/files.ts";
import { readJournal } from "../checkout/journal/read.ts";
import { journalOf } from "../checkout/paths.ts";
import type { Io } from "../io.ts";
import type { Result } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import { isPassive, type Plan } from "../plan/change.ts";
import { planDocument } from "../render/plan-json.ts";
import { applyCommand } from "./apply.ts";
import { withBreakages } from "./breakages.ts";
import { connectClient, eventLine } from "./connect.ts";
import { createConsole, type CommandConsole } from "./console.ts";
import { checkExpectation } from "./expect.ts";
import { readCommandInputs, type CommandInputs } from "./inputs.ts";
import type { SyncOptions } from "./sync-options.ts";
import { prepareOfflinePlan, preparePlan } from "./prepare.ts";
import { interruptedCreateWarnings } from "./recovery.ts";
import { placesInConfig, writeReport, type SyncReport } from "./report.ts";
import { secretsOfIntegrations } from "./masks.ts";
import { errorDiagnostic, commandStop, warningDiagnostic, type CommandStop } from "./command-stop.ts";

/** `sync --plan` and `sync --apply`: the result goes to stdout, all else to stderr. */
export async function sync(options: SyncOptions, io: Io): Promise<ExitCode> {
  const console = createConsole(options, io, eventLine);
  const command = `sync --${options.mode}` as const;
  const read = await readCommandInputs(options, io);
  if (!read.ok) return writeReport({ command, ...read.error }, options, io);
  const inputs = read.value;
  if (cannotNoticeRotation(inputs)) console.note(NO_KEY);
  if (options.mode === "apply") {
    const say = (): void =>
      console.say(`\n${String(io.signal.reason)}: finishing what is under way; once more stops at once`);
    io.signal.addEventListener("abort", say, { once: true });
  }
  const found =
    options.mode === "plan"
      ? await planCommand(inputs, options, io, console)
      : await applyCommand(inputs, options, io, console);
  const result: SyncReport = found.ok ? { command, ...found.value } : { command, ...found.error };
  const exit = io.signal.aborted ? worstExitCode([result.exit, exitCodeOfSignal(io.signal)]) : result.exit;
  const diagnostics = [...inputs.warnings, ...result.diagnostics];
  return writeReport({ ...result, exit, diagnostics, placeOf: placesInConfig(inputs.written) }, options, io);
}

const NO_KEY =
  "note: BUDDY_INTEGRATIONS_KEY is not set, so a rotated value isn't noticed; set it (`openssl rand -base64 32` makes one), or use lifecycle.rotate or --resend";

/** Values are here, and no key to fingerprint them with: a pull request without either need not hear of it. */
function cannotNoticeRotation({ key, integrations }: CommandInputs): boolean {
  return key === undefined && secretsOfIntegrations(integrations).some(({ known }) => known);
}

async function planCommand(
  inputs: CommandInputs,
  options: SyncOptions,
  io: Io,
  console: CommandConsole,
): Promise<Result<Omit<SyncReport, "command">, CommandStop>> {
  const journal = await readJournal(journalOf(inputs.lock.path));
  const records = journal.ok ? journal.value : [];
  const damage = `${journalOf(inputs.lock.name)} can't be read`;
  const notes = journal.ok
    ? interruptedCreateWarnings(records, inputs.target)
    : [
        warningDiagnostic(
          "journal-damaged",
          damage,
          "sync --apply sets it aside, and looks for what the interrupted run created",
        ),
      ];
  const planned = await planFromRecords(records, inputs, options, io, console);
  // However it ends, it tells what the journal says.
  return planned.ok
    ? success({ ...planned.value, diagnostics: [...notes, ...planned.value.diagnostics] })
    : failure({ ...planned.error, diagnostics: [...notes, ...planned.error.diagnostics] });
}

async function planFromRecords(
  records: readonly JournalRecord[],
  inputs: CommandInputs,
  options: SyncOptions,
  io: Io,
  console: CommandConsole,
): Promise<Result<Omit<SyncReport, "command">, CommandStop>> {
  const planned = options.offline
    ? prepareOfflinePlan(inputs, records, options.flags)
    : await prepareOnlinePlan(inputs, records, options, io, console);
  if (!planned.ok) return planned;
  const made = await withBreakages(planned.value, io);
  if (options.out !== undefined) {
    const written = await writeFileAtomic(
      resolve(io.cwd, options.out),
      `${JSON.stringify(planDocument(made), null, 2)}\n`,
      0o600,
    );
    if (!written.ok) {
      return commandStop(EXIT.invalid, [
        errorDiagnostic("unwritable", `${options.out} can't be written: ${written.error.message}`),
      ]);
    }
  }
  const codes: ExitCode[] = [];
  if (made.changes.some(({ refused }) => refused !== undefined)) codes.push(EXIT.refused);
  if (options.detailedExitcode && made.changes.some((change) => !isPassive(change))) codes.push(EXIT.changes);
  if (options.expect !== undefined) {
    const stale = await checkExpectation(made, options.expect, io);
    if (stale !== undefined) return failure(stale);
  }
  return success({ exit: worstExitCode(codes), diagnostics: [], plan: made });
}

async function prepareOnlinePlan(
  inputs: CommandInputs,
  records: readonly JournalRecord[],
  options: SyncOptions,
  io: Io,
  console: CommandConsole,
): Promise<Result<Plan, CommandStop>> {
  const client = await connectClient(inputs.target, { ...options, readOnly: true }, io, console);
  if (!client.ok) return client;
  const prepared = await preparePlan(inputs, client.value, records, options.flags);
  return prepared.ok ? success(prepared.value.plan) : prepared;
}

function exitCodeOfSignal(signal: AbortSignal): ExitCode {
  return signal.reason === "SIGTERM" ? EXIT.sigterm : EXIT.sigint;
}
