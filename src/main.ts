import type { DiagnosticCode } from "./model/diagnostic-catalog.ts";
import { CommanderError, type Command } from "commander";
import { defineCompletion } from "./cli/completion.ts";
import type { DeferCommand } from "./cli/defer-command.ts";
import { withItsOptions } from "./cli/deferred-options.ts";
import { defineDoctor } from "./cli/doctor.ts";
import { defineEmulate } from "./cli/emulate.ts";
import { defineExport } from "./cli/export.ts";
import { defineExplain } from "./cli/explain.ts";
import { defineHelp } from "./cli/help.ts";
import { defineImport } from "./cli/import.ts";
import { defineInit } from "./cli/init.ts";
import { defineRender } from "./cli/render.ts";
import { defineRecover } from "./cli/recover.ts";
import { defineRefs } from "./cli/refs.ts";
import { defineList } from "./cli/list.ts";
import { defineShow } from "./cli/show.ts";
import { withoutStrayValues } from "./cli/stray-values.ts";
import { SuggestingCommand } from "./cli/suggesting-command.ts";
import { defineApply, definePlan, defineSync } from "./cli/sync.ts";
import { defineValidate } from "./cli/validate.ts";
import { harmlessIo } from "./commands/harmless-io.ts";
import { exitCode, type EndReason, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

/**
 * Parses the arguments, runs the command, and returns the exit code. Expected failures come back as reasons. The only
 * catch of the program is here: it catches bugs, and asks the user to report them.
 */
export async function main(argv: readonly string[], outside: Io, version: string): Promise<ExitCode> {
  const io = harmlessIo(outside, "without-colors");
  let command: (() => Promise<readonly EndReason[]>) | undefined;
  const program = buildProgram(io, version, (options, load) => {
    command = async () => {
      // Load this only now: help and version need no session.
      const { createSession } = await import("./commands/session.ts");
      const session = createSession(outside, options);
      try {
        return await (
          await load()
        )(session);
      } finally {
        session.console.progress?.end();
      }
    };
  });
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : withoutStrayValues(argv, program), { from: "user" });
    return exitCode(command === undefined ? [] : await command(), io.signal);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCode([], io.signal);
      return await reportFailure("invalid", "bad-arguments", error.message.replace(/^error: /, ""), argv, io);
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : "something that isn't an Error was thrown";
    io.stderr.write(`This is a bug in buddy-integrations; please report it:\n${text}\n`);
    return await reportFailure("bug", "bug", text, argv, io);
  }
}

/** Prints the failure as JSON too, if the user asked for JSON. It is already on stderr. */
async function reportFailure(
  reason: EndReason,
  code: DiagnosticCode,
  message: string,
  argv: readonly string[],
  io: Io,
): Promise<ExitCode> {
  const exit = exitCode([reason], io.signal);
  const formats = argv.flatMap((arg, index) => {
    if (arg === "--format") return [argv[index + 1]];
    return arg.startsWith("--format=") ? [arg.slice("--format=".length)] : [];
  });
  if (formats.at(-1) === "json") {
    const { renderReportJson } = await import("./render/report-json.ts");
    io.stdout.write(renderReportJson({ exit, diagnostics: [{ code, severity: "error", message }] }));
  }
  return exit;
}

/** Every command with its arguments. */
export function buildProgram(io: Io, version: string, run: DeferCommand): Command {
  const program = new SuggestingCommand("buddy-integrations")
    .description(
      "Integrations as code for Buddy: plan, apply and lock the integrations of a workspace from one YAML file.",
    )
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .showHelpAfterError("(see --help)")
    .exitOverride()
    .configureHelp({
      subcommandTerm: (command) => `${command.name()} ${command.usage()}`.replace(" [options]", ""),
    })
    .hook("preSubcommand", (_, called) => {
      withItsOptions(called);
    })
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

  defineInit(program, io, run);
  definePlan(program, io, run);
  defineApply(program, io, run);
  defineSync(program, io, run);
  defineValidate(program, io, run);
  defineRefs(program, io, run);
  defineRender(program, io, run);
  defineExport(program, io, run);
  defineImport(program, io, run);
  defineRecover(program, io, run);
  defineList(program, io, run);
  defineShow(program, io, run);
  defineExplain(program, io, run);
  defineDoctor(program, io, run);
  defineEmulate(program, run);
  defineCompletion(program, run);
  defineHelp(program);
  return program;
}
