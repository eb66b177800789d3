import type { Command } from "commander";
import type { Io } from "../io.ts";
import { formatOption, wantsColor, withOutputOptions } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface ExplainArguments {
  readonly format: "text" | "json";
  readonly color: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function defineExplain(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("explain")
    .description("explain a type, a field or a code; needs no file and no token")
    .argument("[name]", "a type, a field or a code: GIT_HUB, lifecycle.protect, needs-adopt (default: list all)");
  deferOptions(command, () =>
    withOutputOptions(command)
      .addOption(formatOption(["text", "json"]))
      .action((term: string | undefined, { format, color, quiet = false, verbose = false }: ExplainArguments) => {
        const options = { term, format, color: wantsColor(color, io), quiet, verbose };
        run(options, async () => (await import("../commands/explain.ts")).explain);
      }),
  );
}
