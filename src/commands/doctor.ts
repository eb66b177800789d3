import type { EndReason } from "../exit.ts";
import { KEY_VARIABLE } from "../config/fingerprint-key.ts";
import { resolveTarget } from "../config/resolve-target.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Target } from "../model/integration.ts";
import type { CheckName, HealthCheck } from "../model/health-check.ts";
import { workspaceSection, type LockSection } from "../model/lockfile.ts";
import { harmlessJson } from "../model/printable.ts";
import { healthSummary, renderHealthChecks } from "../render/health-checks.ts";
import { connectClient } from "./inputs/connect.ts";
import { checkApi } from "./doctor/doctor-api.ts";
import {
  checkDesiredFile,
  checkKey,
  checkLockfile,
  checkRunLock,
  checkTrackedFiles,
  type CheckedFile,
} from "./doctor/doctor-files.ts";
import { checkPipelines } from "./doctor/doctor-pipelines.ts";
import { probeWorkspace, type ProbeFlags } from "./doctor/doctor-probe.ts";
import { checkIntegrations } from "./doctor/doctor-workspace.ts";
import { loadLockfile } from "./inputs/load-lockfile.ts";
import type { Session, WorkspaceOptions } from "./session.ts";

export interface DoctorOptions extends WorkspaceOptions {
  readonly format: "text" | "json";
  /** The version of this program. */
  readonly version: string;
  /** Undefined: only check, and change nothing. */
  readonly probe: ProbeFlags | undefined;
}

/** `doctor`: checks everything that a plan needs. Each problem has a next step. Only `--probe` changes anything. */
export async function doctor(session: Session<DoctorOptions>): Promise<readonly EndReason[]> {
  const { io, console, options } = session;
  if (options.probe !== undefined) return probeWorkspace(session, options.probe);
  const { checks, reasons } = await examine(session);
  if (options.format === "json") {
    io.stdout.write(harmlessJson({ version: options.version, node: io.nodeVersion, checks }));
    return reasons;
  }
  io.stdout.write(renderHealthChecks(checks, io.stdout.isTTY ? io.stdout.columns : undefined));
  console.note(healthSummary(checks));
  return reasons;
}

/** The checks, and the reasons if the run ends with an error. */
interface Examination {
  readonly checks: readonly HealthCheck[];
  readonly reasons: readonly EndReason[];
}

async function examine(session: Session<DoctorOptions>): Promise<Examination> {
  const { io, options } = session;
  const versions = `buddy-integrations ${options.version}, Node.js ${io.nodeVersion}`;
  const checks: HealthCheck[] = [{ check: "versions", status: "ok", message: versions }];
  const reasons: EndReason[] = [];
  const add = (...found: readonly HealthCheck[]): void => void checks.push(...found);
  const file = await checkDesiredFile(session);
  add(file.check);
  const target = resolveTarget({
    flags: options,
    file: file.written?.target ?? {},
    env: io.env,
    placeOf: () => undefined,
  });
  if (!target.ok) add(...target.error.map((each) => problemCheck("workspace", each)));
  const section = await examineLockfile(session, file, target.ok ? target.value : undefined, add);
  add(checkKey(io.env[KEY_VARIABLE], file));
  add(...(await checkTrackedFiles(session)));
  let isReadable = false;
  if (target.ok) {
    const client = await connectClient(session, { target: target.value, access: "read-only" });
    if (!client.ok) {
      add(...client.error.diagnostics.map((each) => problemCheck("token", each)));
      reasons.push(...client.error.reasons);
    } else {
      const api = await checkApi(client.value, target.value, io.now());
      add(...api.checks);
      reasons.push(...api.reasons);
      isReadable = api.isReadable;
      if (api.isReadable && section !== undefined) {
        add(...(await checkIntegrations(options, { client: client.value, desired: file.desired, section })));
      }
    }
  }
  add(await checkPipelines(session, section ?? new Map(), isReadable ? "readable" : "not readable"));
  if (checks.some(({ status }) => status === "error") && reasons.length === 0) reasons.push("invalid");
  return { checks, reasons };
}

/** Checks the lockfile. @returns its section of the workspace; undefined if that isn't known */
async function examineLockfile(
  session: Session<DoctorOptions>,
  file: CheckedFile,
  target: Target | undefined,
  add: (...found: readonly HealthCheck[]) => void,
): Promise<LockSection | undefined> {
  const lock = await loadLockfile(session, target);
  if (!lock.ok) {
    add(...lock.error.map((each) => problemCheck("lockfile", each)));
    return undefined;
  }
  if (target === undefined) return undefined;
  const section = workspaceSection(lock.value.lock, target);
  add(...(await checkLockfile(session, lock.value, { file, target, section })));
  add(...(await checkRunLock(session, lock.value)));
  return section;
}

function problemCheck(check: CheckName, { message, hint }: Diagnostic): HealthCheck {
  return { check, status: "error", message, next: hint ?? "correct it, then run doctor again" };
}
