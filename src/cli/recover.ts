import type { Command } from "commander";
import type { RecoverOptions } from "../commands/recover.ts";
import type { Io } from "../io.ts";
import { withCommonOptions, withRecoveryOptions, workspaceOptions, type CommonArguments } from "./arguments.ts";
import type { DeferCommand } from "./defer-command.ts";
import { deferOptions } from "./deferred-options.ts";

interface RecoverArguments extends CommonArguments {
  readonly settle?: number;
  readonly lockTimeout?: number;
}

export function defineRecover(program: Command, io: Io, run: DeferCommand): void {
  const command = program
    .command("recover")
    .description("write into the lockfile what an interrupted apply created; change nothing in the workspace");
  deferOptions(command, () =>
    withRecoveryOptions(withCommonOptions(command)).action(() => {
      const { settle, lockTimeout = 0, ...given } = command.opts<RecoverArguments>();
      const options: RecoverOptions = {
        ...workspaceOptions(given, io),
        settleSeconds: settle ?? given.timeout,
        lockTimeoutSeconds: lockTimeout,
      };
      run(options, async () => (await import("../commands/recover.ts")).recover);
    }),
  );
}
