import type { ProbeApi } from "../api/probe-client.ts";
import type { EndReason } from "../exit.ts";
import { resolveTarget } from "../config/resolve-target.ts";
import { loadConfig } from "../config/load-config.ts";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import { failure, success, type Result, type Target } from "../model/integration.ts";
import { quoteName } from "../model/printable.ts";
import { PROBE_PREFIX } from "../model/probe-name.ts";
import { counted, shellWord } from "../model/text.ts";
import { probeRows } from "../probe/probe-rows.ts";
import { claimLeftovers, findLeftovers, removeProbe, type ProbeLeftover } from "../probe/remove-probe.ts";
import { runProbe, type ProbeRun } from "../probe/run-probe.ts";
import { probeSummary, renderProbeJson, renderProbeTable } from "../render/probe-table.ts";
import { connectClient, connectProbe } from "./connect.ts";
import { checkProbeAccess } from "./doctor-probe-access.ts";
import { readInput } from "./read-input.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stop, type CommandStop } from "./stop.ts";

export interface ProbeFlags {
  readonly project: string;
  /** Begin without asking for confirmation. */
  readonly yes: boolean;
}

type DoctorSession = Session<WorkspaceOptions & { readonly format: "text" | "json"; readonly version: string }>;

/** `doctor --probe`: checks in a real workspace what this program assumes of Buddy, with throwaway integrations. */
export async function probeWorkspace(session: DoctorSession, request: ProbeFlags): Promise<readonly EndReason[]> {
  const { io, options } = session;
  const ended = await probe(session, request);
  if (ended.ok) return ended.value;
  // With `--format json` a document is written in any case.
  if (options.format === "json") {
    const stopped = "it did not begin";
    io.stdout.write(renderProbeJson({ version: options.version, node: io.nodeVersion, stopped, left: 0, rows: [] }));
  }
  return reportStop(session, ended.error);
}

async function probe(session: DoctorSession, request: ProbeFlags): Promise<Result<readonly EndReason[], CommandStop>> {
  const { io } = session;
  if (!request.yes && !io.interactive) {
    const message =
      "a probe creates integrations, so it asks for confirmation first, and there is no terminal to ask on; nothing was sent";
    return stop("refused", errorDiagnostic("probe-refused", message, "--yes begins without asking"));
  }
  const target = await probeTarget(session);
  if (!target.ok) return target;
  const reader = await connectClient(session, { target: target.value, access: "read-only" });
  if (!reader.ok) return reader;
  const access = await checkProbeAccess(reader.value, request.project);
  if (!access.ok) return access;
  const subject = { project: request.project, owner: access.value.owner };
  const api = await connectProbe(session, target.value, subject);
  if (!api.ok) return api;
  const problems = await removeEarlierProbe(session, request, api.value);
  if (!problems.ok) return problems;
  session.console.problems(problems.value);
  const begun = await isProbeConfirmed(session, request, target.value);
  if (!begun) {
    const hint = io.signal.aborted ? "run it again" : "answer y to begin the probe";
    return stop(io.signal.aborted ? "failed" : "refused", errorDiagnostic("declined", "nothing was created", hint));
  }
  const ports = {
    api: api.value,
    clock: io,
    signal: session.signal,
    note: (line: string) => session.console.note(`${line} …`),
  };
  let run: ProbeRun | undefined;
  let left: readonly ProbeLeftover[] = [];
  try {
    run = await runProbe(ports, subject);
  } finally {
    // Also after an interruption or a bug.
    session.console.note("removing what was created …");
    const rest = { gone: run?.gone ?? new Set<string>(), doubtful: run?.doubtful ?? [] };
    const removed = await removeProbe({ api: api.value, clock: io, project: request.project }, rest);
    left = removed.left;
    session.console.problems(left.map(leftoverProblem));
  }
  return success(printProbe(session, request, run, left));
}

/** The workspace that the options, the file or the environment name. The file may be missing. */
async function probeTarget({ io, options }: DoctorSession): Promise<Result<Target, CommandStop>> {
  const bytes = await readInput(io, options.file);
  const loaded = bytes.ok ? loadConfig(options.file, bytes.value) : undefined;
  if (loaded?.ok === false)
    return stop("invalid", ...loaded.diagnostics.filter(({ severity }) => severity === "error"));
  const file = loaded?.value.target ?? {};
  const target = resolveTarget({ flags: options, file, env: io.env, placeOf: () => undefined });
  return target.ok ? target : failure({ reasons: ["invalid"], diagnostics: target.error, plan: undefined });
}

/**
 * Removes what an earlier probe left, if the person agrees.
 * @returns a warning for each integration that is still there
 */
async function removeEarlierProbe(
  session: DoctorSession,
  { project, yes }: ProbeFlags,
  api: ProbeApi,
): Promise<Result<readonly Diagnostic[], CommandStop>> {
  const { io, console } = session;
  const found = await findLeftovers({ api, project });
  if (found.length === 0) return success([]);
  const names = found.map(({ name, hashId }) => `${name} (${hashId})`).join(", ");
  if (!yes) {
    const are = found.length === 1 ? "is" : "are";
    console.say(
      `${counted(found.length, "integration")} of an earlier probe ${are} left: ${names}. Don't remove what another probe is working with.`,
    );
    if (!isYes(await io.ask("Remove? [y/N] "))) {
      return success(found.map((each) => asLeft({ ...each, why: "", messages: [] })));
    }
  }
  const strange = await claimLeftovers(api, found);
  const { removed, left } = await removeProbe({ api, clock: io, project }, { gone: new Set(), doubtful: [] });
  if (removed > 0) console.note(`removed ${counted(removed, "integration")} of an earlier probe`);
  return success([...strange, ...left].map(asLeft));
}

async function isProbeConfirmed({ io, console }: DoctorSession, request: ProbeFlags, target: Target): Promise<boolean> {
  if (io.signal.aborted) return false;
  if (request.yes) return true;
  // Written separately from the question, since only written lines are wrapped to the terminal's width.
  console.say(
    `Up to 10 integrations named ${PROBE_PREFIX}… will be created in ${target.workspace} at ${target.api}, some of them in the project ${quoteName(request.project)}. Their credentials are made up, they are denied to everybody except administrators and closed to all pipelines, and they are removed again.`,
  );
  return isYes(await io.ask("Begin? [y/N] ")) && !io.signal.aborted;
}

function isYes(answer: string | undefined): boolean {
  return /^(?:y|yes)$/i.test(answer?.trim() ?? "");
}

function printProbe(
  session: DoctorSession,
  { project }: ProbeFlags,
  run: ProbeRun,
  left: readonly ProbeLeftover[],
): readonly EndReason[] {
  const { io, console, options } = session;
  const rows = probeRows(run.facts);
  const { stopped } = run;
  if (options.format === "json") {
    const document = { version: options.version, node: io.nodeVersion, stopped: stopped ?? null };
    io.stdout.write(renderProbeJson({ ...document, left: left.length, rows }));
  } else {
    io.stdout.write(renderProbeTable(rows, io.stdout.isTTY ? io.stdout.columns : undefined));
  }
  console.note(probeSummary(rows));
  if (rows.some(({ result }) => result === "differs")) {
    const again =
      options.format === "json"
        ? "this document"
        : `the output of \`doctor --probe --project ${shellWord(project)} --format json\``;
    console.note(
      `Please report what differs: paste ${again} into an issue. It holds no name, hash, host or credential.`,
    );
  }
  if (stopped !== undefined) console.problems([stoppedProblem(stopped, run.messages)]);
  return stopped !== undefined || left.length > 0 ? ["failed"] : [];
}

function stoppedProblem(why: string, messages: readonly string[]): Diagnostic {
  const words = messages.length === 0 ? "" : `: ${messages.join("; ")}`;
  return errorDiagnostic(
    "probe-stopped",
    `the probe ended before its last step: ${why}${words}`,
    "run it again when the cause is gone",
  );
}

function leftoverProblem({ name, hashId, why, messages, isDoubtful, isStrange }: ProbeLeftover): Diagnostic {
  const which = hashId === undefined ? name : `${name} (${hashId})`;
  const what = `${which} ${hashId === undefined || isDoubtful ? "may be" : "is"} left`;
  const words = messages.length === 0 ? "" : `: ${messages.join("; ")}`;
  const hint = isStrange
    ? "delete it in Buddy's web page, if nobody uses it"
    : "run doctor --probe again, which offers to remove it, or delete it in Buddy's web page";
  return errorDiagnostic("probe-leftover", `${what}: ${why}${words}`, hint);
}

/** A warning, not an error: an earlier probe left it, and nothing in this run has failed. */
function asLeft(left: ProbeLeftover): Diagnostic {
  const { message, hint = "" } = leftoverProblem({ ...left, why: left.why === "" ? "you chose to keep it" : left.why });
  return warningDiagnostic("probe-leftover", message, hint);
}
