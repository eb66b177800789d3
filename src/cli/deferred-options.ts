import type { Command } from "commander";

const DEFERRED = new WeakMap<Command, () => unknown>();

/**
 * Defines a command's options, and what it does, only when they are needed. A start needs those of one command, and
 * defining those of all takes a tenth of its time.
 */
export function deferOptions(command: Command, define: () => unknown): void {
  DEFERRED.set(command, define);
}

/** The command with its options. Whoever reads `options` of a command asks for them here. */
export function withItsOptions(command: Command): Command {
  const define = DEFERRED.get(command);
  DEFERRED.delete(command);
  define?.();
  return command;
}
