import type { Command } from "commander";
import type { Io } from "../io.ts";
import { formatOption, wantsColor, withOutput } from "./arguments.ts";
import type { Run } from "./run.ts";

export function defineValidate(program: Command, io: Io, run: Run): void {
  withOutput(program.command("validate"))
    .description("check files against the schema and the rules; needs no token and no values")
    .argument("[file...]", "the files to check (default: integrations.yaml)")
    .addOption(formatOption(["text", "json", "github"]))
    .action((files: string[], { format, color }: { format: "text" | "json" | "github"; color: boolean }) => {
      run(async () => {
        const { validate } = await import("../commands/validate.ts");
        return validate(files, { format, color: wantsColor(color, io) }, io);
      });
    });
}
