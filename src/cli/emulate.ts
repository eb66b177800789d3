import { Option, type Command } from "commander";
import type { ConsoleOptions } from "../commands/console.ts";
import type { EmulateOptions } from "../commands/emulate.ts";
import { collectRepeated, parseRateLimit, wholeNumberParser } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

type Repeatable = "fault" | "hide";

/** The command has no options for output, since it prints little. */
const CONSOLE: ConsoleOptions = { quiet: false, verbose: false, color: false };

export function defineEmulate(program: Command, run: DeferCommand): void {
  const command = program
    .command("emulate")
    .description("serve a local Buddy API for trials and tests, and print the variables that a client needs");
  deferOptions(command, () =>
    command
      .option("--port <port>", "where to listen; 0 picks a free port", wholeNumberParser(0, 65_535), 8787)
      .option("--data <file>", "keep the state in this file (default: in memory, until the process ends)")
      .option("--seed <file>", "begin with the workspaces of this YAML file")
      .option("--log <file>", "write a JSON line for each request, without credentials")
      .addOption(
        new Option(
          "--list <kind>",
          "what the list of integrations has: new (since August 2026: per project) or old (all)",
        )
          .choices(["new", "old"])
          .default("new"),
      )
      .addOption(
        new Option("--unique <scope>", "where identifiers have to be unique")
          .choices(["none", "project", "workspace"])
          .default("none"),
      )
      .addOption(
        new Option("--identifiers <rule>", "how identifiers that are sent are stored")
          .choices(["as-sent", "lower", "suffixed"])
          .default("as-sent"),
      )
      .option("--latency <ms>", "wait before each response", wholeNumberParser(0), 0)
      .option("--lag <ms>", "let reads see a write only this long after it", wholeNumberParser(0), 0)
      .option(
        "--commit-delay <ms>",
        "let a POST take effect, and respond, only this long after it came",
        wholeNumberParser(0),
        0,
      )
      .option("--rate-limit <n/seconds>", "allow N requests per token in each window, such as 1000/10", parseRateLimit)
      .option("--api-disabled", "respond like a workspace whose API is disabled")
      .option("--expire-after <n>", "let each token expire after N requests", wholeNumberParser(0))
      .option(
        "--hide <hash-or-project>",
        "hide this integration or project from every token (repeatable)",
        collectRepeated,
      )
      .option("--fault <json>", "fail on purpose (repeatable; see docs/emulator.md)", collectRepeated)
      .action(
        (
          given: Omit<EmulateOptions, Repeatable | keyof ConsoleOptions> & {
            readonly [Name in Repeatable]?: readonly string[];
          },
        ) => {
          const options = { ...given, fault: given.fault ?? [], hide: given.hide ?? [], ...CONSOLE };
          run(options, async () => (await import("../commands/emulate.ts")).emulate);
        },
      ),
  );
}
