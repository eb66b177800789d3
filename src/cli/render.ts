import type { Command } from "commander";
import type { RenderOptions } from "../commands/render.ts";
import type { Io } from "../io.ts";
import { formatOption, wantsColor, withOutputOptions } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface RenderArguments extends Pick<RenderOptions, "format"> {
  readonly color: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function defineRender(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("render")
    .description("show a saved report as plan or apply would have, without a token or a network")
    .argument("<report>", "a report that --out, --report x.json or --format json wrote");
  deferOptions(command, () =>
    withOutputOptions(command)
      .addOption(formatOption(["text", "json", "markdown", "github"]))
      .action((report: string, given: RenderArguments) => {
        const { format, color, quiet = false, verbose = false } = given;
        const options = { report, format, color: wantsColor(color, io), quiet, verbose };
        run(options, async () => (await import("../commands/render.ts")).render);
      }),
  );
}
