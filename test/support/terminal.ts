import { spawn, spawnSync } from "node:child_process";
import { programArguments } from "./kill/program.ts";

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
  /** Presses Ctrl-C once the terminal shows this text. */
  readonly interruptAt?: string;
}

export interface TerminalResult {
  readonly exit: number | null;
  /** The final screen, with colours as escape sequences. */
  readonly screen: string;
  /** Texts that the last line showed and that were erased. */
  readonly erased: readonly string[];
}

/** Why no pseudo-terminal is available here, or false. */
export function noTerminal(): string | false {
  // Only the `script` of util-linux has these arguments.
  const asked = spawnSync("script", ["--version"], { encoding: "utf8" });
  if (asked.status !== 0 || !asked.stdout.includes("util-linux")) return "there is no `script` of util-linux";
  return spawnSync("stty", ["--version"]).status === 0 ? false : "there is no `stty`";
}

/** Runs the built program in a pseudo-terminal of this width. */
export function runInTerminal(args: readonly string[], options: TerminalOptions): Promise<TerminalResult> {
  const command = [process.execPath, ...programArguments(args)].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qefc", `stty cols ${options.columns} rows 50; exec ${command}`, "/dev/null"], {
    cwd: options.cwd,
    env: { PATH: process.env["PATH"], TERM: "xterm", SHELL: "/bin/sh", ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let raw = "";
  let isInterrupted = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    raw += text;
    if (options.interruptAt === undefined || isInterrupted || !raw.includes(options.interruptAt)) return;
    isInterrupted = true;
    child.stdin.write("\u0003");
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve({ exit, ...readScreen(raw) }));
  });
}

const ERASE = "\r\u001B[2K";

/** The program uses only new lines, colours, and erasing of the last line. */
function readScreen(raw: string): Pick<TerminalResult, "screen" | "erased"> {
  const erased: string[] = [];
  const lines = raw
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => {
      const drawn = line.split(ERASE);
      erased.push(...drawn.slice(0, -1).filter((text) => text !== ""));
      return drawn.at(-1) ?? "";
    });
  return { screen: lines.join("\n"), erased };
}
