import { InvalidArgumentError, Option, type Command } from "commander";
import type { WorkspaceOptions } from "../commands/session.ts";
import type { Io } from "../io.ts";

/** The options that most commands have, as commander parses them. */
export interface CommonArguments {
  readonly file: string;
  readonly lockfile?: string;
  readonly workspace?: string;
  readonly api?: string;
  readonly secretsFile?: readonly string[];
  readonly asIs?: readonly string[];
  readonly concurrency: number;
  readonly timeout: number;
  readonly maxWait: number;
  readonly mask?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

/** Options of commands that read the desired state with its values and call the API. */
export function withCommonOptions(command: Command, file: FileOption = "with-file"): Command {
  withTargetOptions(withOutputOptions(command), file)
    .option(
      "--secrets-file <file>",
      "take variables from a dotenv file; the environment wins (repeatable)",
      collectRepeated,
    )
    .option(
      "--as-is <name>",
      "send this variable as it is, though it looks like a secret manager's placeholder (repeatable)",
      collectRepeated,
    );
  return withRequestOptions(command);
}

/** Options of commands that look at the workspace, and need no value of any variable. */
export function withLookUpOptions(command: Command): Command {
  return withRequestOptions(withTargetOptions(withOutputOptions(command)));
}

/** Whether a command reads the desired state: of one file, of several, or of none. */
type FileOption = "with-file" | "with-files" | "without-file";

function withTargetOptions(command: Command, file: FileOption = "with-file"): Command {
  if (file === "with-file")
    command.option("--file <file>", "the file with the desired state", onlyOnce("--file"), "integrations.yaml");
  if (file === "with-files") {
    command.option(
      "--file <file>",
      "a file with the desired state, or a pattern such as 'teams/**/*.yaml' (repeatable; default: integrations.yaml)",
      collectRepeated,
    );
  }
  return command
    .option("--lockfile <file>", "the lockfile (default: the name of FILE, with .lock.yaml for .yaml)")
    .option("--workspace <handle>", "the workspace (default: what the file says, or BUDDY_WORKSPACE)")
    .option(
      "--api <url>",
      "the API's base URL (default: what the file says, or BUDDY_BASE_URL, or https://api.buddy.works)",
    );
}

function withRequestOptions(command: Command): Command {
  return command
    .option("--concurrency <n>", "how many requests may be under way at once", wholeNumberParser(1), 10)
    .option(
      "--timeout <seconds>",
      "how long to wait for one response of the API",
      wholeNumberParser(1, DAY_SECONDS),
      30,
    )
    .option(
      "--max-wait <seconds>",
      "how long to wait for the API's rate limit, in total",
      wholeNumberParser(0, DAY_SECONDS),
      300,
    )
    .option("--mask", "in GitHub Actions: register every value as a mask (also BUDDY_INTEGRATIONS_MASK=true)");
}

/** Options of every command. */
export function withOutputOptions(command: Command): Command {
  return command
    .option("--quiet", "print only results, errors and refusals")
    .option("--verbose", "show each request: method, path, status, time")
    .option("--no-color", "use no colours (NO_COLOR and FORCE_COLOR work too)");
}

/** Options of the commands that finish what an interrupted apply left. @param when the beginning of the help texts */
export function withRecoveryOptions(command: Command, when = ""): Command {
  return command
    .option(
      "--settle <seconds>",
      `${when}how long an interrupted creation may take to appear (default: --timeout)`,
      secondsParser(0),
    )
    .option(
      "--lock-timeout <seconds>",
      `${when}how long to wait for another run on this checkout (default: 0)`,
      wholeNumberParser(0, DAY_SECONDS),
    );
}

export function formatOption(formats: readonly string[]): Option {
  return new Option("--format <format>", "how to print the result on stdout").choices(formats).default("text");
}

/** Longer times would only hide a mistake, and timers of more than 24 days end at once. */
const DAY_SECONDS = 86_400;

export function wholeNumberParser(least: number, most = 999_999_999): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
    const to = most === 999_999_999 ? "" : ` to ${most}`;
    throw new InvalidArgumentError(`It takes a whole number from ${least}${to}.`);
  };
}

/** Seconds, with up to three decimals. */
export function secondsParser(least: number, most = DAY_SECONDS): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}(?:\.\d{1,3})?$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It takes seconds from ${least} to ${most}.`);
  };
}

export function parseRateLimit(text: string): { readonly limit: number; readonly windowSeconds: number } {
  const [, limit, seconds] = /^(\d{1,9})\/(\d{1,6})$/.exec(text) ?? [];
  if (Number(limit) > 0 && Number(seconds) > 0) return { limit: Number(limit), windowSeconds: Number(seconds) };
  throw new InvalidArgumentError("It takes N/SECONDS, such as 1000/10.");
}

/** For an option that some commands take several times and this one takes once: the last one would win unseen. */
function onlyOnce(flag: string): (value: string) => string {
  let isGiven = false;
  return (value) => {
    if (isGiven) throw new InvalidArgumentError(`This command takes one ${flag}: run it once for each file.`);
    isGiven = true;
    return value;
  };
}

/** For options that may be repeated. */
export function collectRepeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Refuses options that have no effect in this mode, since giving one is a mistake. */
export function refuseOptions(command: Command, names: readonly string[], mode: string): void {
  for (const name of names) {
    if (command.getOptionValueSource(name) !== "cli") continue;
    const flag = command.options.find((option) => option.attributeName() === name)?.long ?? name;
    command.error(`error: ${flag} can't be used with ${mode}`);
  }
}

/** Whether to use colours. `--no-color` and NO_COLOR take precedence; FORCE_COLOR colours piped output too. */
export function wantsColor(flag: boolean, { env, stdout }: Io): boolean {
  if (!flag || (env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return stdout.isTTY && env["TERM"] !== "dumb";
}

export function workspaceOptions(given: CommonArguments, io: Io): WorkspaceOptions {
  return {
    file: given.file,
    lockfile: given.lockfile,
    workspace: given.workspace,
    api: given.api,
    secretsFiles: given.secretsFile ?? [],
    asIs: given.asIs ?? [],
    concurrency: given.concurrency,
    timeoutSeconds: given.timeout,
    maxWaitSeconds: given.maxWait,
    mask: given.mask ?? io.env["BUDDY_INTEGRATIONS_MASK"] === "true",
    quiet: given.quiet ?? false,
    verbose: given.verbose ?? false,
    color: wantsColor(given.color, io),
  };
}
