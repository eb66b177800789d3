import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process of this machine is running. A zombie isn't: it has ended, and only its parent hasn't noticed. */
export function isAlive(pid: number): boolean {
  const seen = lookUpProcess(pid);
  return seen === undefined ? isSignalable(pid) : seen.runs;
}

/**
 * What distinguishes a process from a later one with the same number: when it began, and on Linux in which boot.
 * Undefined if the system doesn't say.
 */
export function processStart(pid: number): string | undefined {
  return lookUpProcess(pid)?.start;
}

interface SeenProcess {
  readonly runs: boolean;
  readonly start: string;
}

/** Undefined if there is no such process, or if the system doesn't show processes. */
function lookUpProcess(pid: number): SeenProcess | undefined {
  if (process.platform === "linux") return readProc(pid);
  return process.platform === "win32" ? undefined : askPs(pid);
}

function readProc(pid: number): SeenProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // Skip the name, which is in brackets and may have any characters.
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { runs: !"ZXx".includes(state), start: `${boot}/${fields[18] ?? ""}` };
  } catch {
    return undefined;
  }
}

function askPs(pid: number): SeenProcess | undefined {
  try {
    const args = ["-o", "stat=,lstart=", "-p", String(pid)];
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    const [stat = "", ...start] = execFileSync("ps", args, { env, encoding: "utf8", timeout: 2_000, stdio: "pipe" })
      .trim()
      .split(/\s+/);
    return { runs: !stat.startsWith("Z"), start: start.join(" ") };
  } catch {
    return undefined;
  }
}

function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
