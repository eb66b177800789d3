import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { SyncOptions } from "./commands/options.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

/** What the command line asked for: run with the rest of the program loaded, and only then. */
type Action = () => Promise<ExitCode>;

/**
 * Parses the arguments, runs the command, and answers with the exit code. Expected failures come back as codes; the one
 * catch here is for bugs, which ask to be reported.
 */
export async function main(argv: readonly string[], io: Io, version: string): Promise<ExitCode> {
  let action: Action | undefined;
  const program = buildProgram(io, version, (asked) => (action = asked));
  try {
    await program.parseAsync([...argv], { from: "user" });
    return action === undefined ? EXIT.done : await action();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.invalid;
    const text = error instanceof Error ? (error.stack ?? error.message) : "something that isn't an Error was thrown";
    io.stderr.write(`This is a bug in buddy-integrations; please report it:\n${text}\n`);
    return EXIT.bug;
  }
}

function buildProgram(io: Io, version: string, run: (action: Action) => void): Command {
  const program = new Command("buddy-integrations")
    .description(
      "Integrations as code for Buddy: plan, apply and lock the integrations of a workspace from one YAML file.",
    )
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .showSuggestionAfterError()
    .showHelpAfterError("(--help tells more)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.stdout.write(text);
      },
      writeErr: (text) => {
        io.stderr.write(text);
      },
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  program.action(() => {
    program.outputHelp();
  });

  withCommon(program.command("sync"))
    .description("bring the workspace to what the file says, and write the lockfile")
    .option("--plan", "show what would change; changes nothing")
    .option("--apply", "do it (asks first on a terminal)")
    .option("--detailed-exitcode", "with --plan: exit 2 when there are changes")
    .option("--out <file>", "with --plan: write the plan, for --expect")
    .option("--offline", "with --plan: plan from the lockfile alone, without a token")
    .option("--expect <plan>", "apply only if the plan is the reviewed one: a file of --out, or sha256:…")
    .option("--yes", "with --apply: don't ask")
    .option("--adopt", "take over existing integrations that differ from the file")
    .option("--allow-replace", "make a new integration where a field that can't change differs")
    .option("--prune", "delete what is locked and no longer in the file, and superseded integrations")
    .option("--max-deletions <n>", "how many locked integrations may be deleted or replaced", wholeNumber(0))
    .option("--resend <key>", "send write-only values again: KEY, KEY.FIELD or '*' (repeatable)", collect, [])
    .option("--only <key...>", "restrict to these keys or globs")
    .addOption(formatOption(["text", "json", "markdown", "github"]))
    .action((_, command: Command) => {
      const given = command.opts<SyncArguments>();
      if (Boolean(given.plan) === Boolean(given.apply)) command.error("error: sync needs either --plan or --apply");
      if (given.apply) refuse(command, ["out", "offline", "detailedExitcode"], "--apply");
      if (given.plan) refuse(command, ["yes"], "--plan");
      run(async () => {
        const { sync } = await import("./commands/sync.ts");
        return sync(syncOptions(given, io), io);
      });
    });

  withOutput(program.command("validate"))
    .description("check files against the schema and the rules; needs no token and no values")
    .argument("[file...]", "default: integrations.yaml")
    .addOption(formatOption(["text", "json", "github"]))
    .action((files: string[], { format, color }: { format: "text" | "json" | "github"; color: boolean }) => {
      run(async () => {
        const { validate } = await import("./commands/validate.ts");
        return validate(files, { format, color: wantsColor(color, io) }, io);
      });
    });

  program
    .command("emulate")
    .description("a local Buddy API, to try and to test with; prints what a client needs to know")
    .option("--port <port>", "0: a free one", wholeNumber(0), 8787)
    .option("--data <file>", "keep the state here; without it it is gone with the process")
    .option("--seed <file>", "begin with the workspaces of this YAML file")
    .option("--log <file>", "write a JSON line for each request, without credentials")
    .addOption(
      new Option("--unique <scope>", "identifiers are").choices(["none", "project", "workspace"]).default("none"),
    )
    .option("--latency <ms>", "before each answer", wholeNumber(0), 0)
    .option("--rate-limit <n/seconds>", "such as 1000/10", rateLimit)
    .option("--api-disabled", "answer as a workspace does whose API is disabled")
    .option("--fault <json>", "go wrong on purpose (repeatable; see docs/emulator.md)", collect, [])
    .action((given: EmulateArguments) => {
      run(async () => {
        const { emulate } = await import("./commands/emulate.ts");
        return emulate(given, io);
      });
    });
  return program;
}

interface EmulateArguments {
  readonly port: number;
  readonly data?: string;
  readonly seed?: string;
  readonly log?: string;
  readonly unique: "none" | "project" | "workspace";
  readonly latency: number;
  readonly rateLimit?: { readonly limit: number; readonly windowSeconds: number };
  readonly apiDisabled?: boolean;
  readonly fault: readonly string[];
}

interface CommonArguments {
  readonly file: string;
  readonly lockfile?: string;
  readonly workspace?: string;
  readonly api?: string;
  readonly secretsFile: readonly string[];
  readonly concurrency: number;
  readonly timeout: number;
  readonly maxWait: number;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

interface SyncArguments extends CommonArguments {
  readonly plan?: boolean;
  readonly apply?: boolean;
  readonly detailedExitcode?: boolean;
  readonly out?: string;
  readonly offline?: boolean;
  readonly expect?: string;
  readonly yes?: boolean;
  readonly adopt?: boolean;
  readonly allowReplace?: boolean;
  readonly prune?: boolean;
  readonly maxDeletions?: number;
  readonly resend: readonly string[];
  readonly only?: readonly string[];
  readonly format: "text" | "json" | "markdown" | "github";
}

function syncOptions(given: SyncArguments, io: Io): SyncOptions {
  const { maxDeletions, lockfile, workspace, api, out, expect } = given;
  return {
    mode: given.apply ? "apply" : "plan",
    file: given.file,
    ...(lockfile === undefined ? {} : { lockfile }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(api === undefined ? {} : { api }),
    ...(out === undefined ? {} : { out }),
    ...(expect === undefined ? {} : { expect }),
    secretsFiles: given.secretsFile,
    concurrency: given.concurrency,
    timeoutSeconds: given.timeout,
    maxWaitSeconds: given.maxWait,
    quiet: given.quiet ?? false,
    verbose: given.verbose ?? false,
    color: wantsColor(given.color, io),
    format: given.format,
    detailedExitcode: given.detailedExitcode ?? false,
    offline: given.offline ?? false,
    yes: given.yes ?? false,
    flags: {
      adopt: given.adopt ?? false,
      allow_replace: given.allowReplace ?? false,
      prune: given.prune ?? false,
      ...(maxDeletions === undefined ? {} : { max_deletions: maxDeletions }),
      resend: [...new Set(given.resend)].toSorted(),
      only: [...new Set(given.only)].toSorted(),
    },
  };
}

function withCommon(command: Command): Command {
  return withOutput(command)
    .option("--file <file>", "the desired state", "integrations.yaml")
    .option("--lockfile <file>", "default: FILE with .lock.yaml for .yaml")
    .option("--workspace <handle>", "default: of the file, or BUDDY_WORKSPACE")
    .option("--api <url>", "default: of the file, or BUDDY_BASE_URL, or https://api.buddy.works")
    .option("--secrets-file <file>", "variables in dotenv form; the environment wins (repeatable)", collect, [])
    .option("--concurrency <n>", "requests at once", wholeNumber(1), 10)
    .option("--timeout <seconds>", "for one answer of the API", wholeNumber(1), 30)
    .option("--max-wait <seconds>", "for the API's rate limit, in all", wholeNumber(0), 300);
}

function withOutput(command: Command): Command {
  return command
    .option("--quiet", "say only what is needed")
    .option("--verbose", "tell each request: method, path, status, time")
    .option("--no-color", "no colours (NO_COLOR and FORCE_COLOR are heard too)");
}

function formatOption(formats: readonly string[]): Option {
  return new Option("--format <format>", "of the result on stdout").choices(formats).default("text");
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${least}.`);
  };
}

function rateLimit(text: string): { readonly limit: number; readonly windowSeconds: number } {
  const [, limit, seconds] = /^(\d{1,9})\/(\d{1,6})$/.exec(text) ?? [];
  if (Number(limit) > 0 && Number(seconds) > 0) return { limit: Number(limit), windowSeconds: Number(seconds) };
  throw new InvalidArgumentError("It takes N/SECONDS, such as 1000/10.");
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function refuse(command: Command, names: readonly string[], mode: string): void {
  for (const name of names) {
    if (command.getOptionValueSource(name) !== "cli") continue;
    const flag = command.options.find((option) => option.attributeName() === name)?.long ?? name;
    command.error(`error: ${flag} doesn't go with ${mode}`);
  }
}

/** `--no-color` and NO_COLOR win; FORCE_COLOR colours what is piped. */
function wantsColor(flag: boolean, { env, stdout }: Io): boolean {
  if (!flag || (env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return stdout.isTTY && env["TERM"] !== "dumb";
}
