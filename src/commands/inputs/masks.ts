import type { IntegrationWithSecrets } from "../../model/integration.ts";
import { maskableLines, type Secret } from "../../model/secret.ts";
import { secretsIn } from "../../plan/compare/compare-values.ts";
import type { Session } from "../session.ts";

/**
 * With `--mask`, asks GitHub Actions to mask these values in the log of the rest of the job, with its workflow
 * command `::add-mask::`, one for each line of a value. The command contains the value; the runner, which reads both
 * streams, removes the command from the log. So it is written only where the runner reads it: to stderr (stdout is
 * often captured), when `GITHUB_ACTIONS` is `true`, and when stderr is its own pipe (not a file, and not merged into
 * stdout for a `tee`). Buddy documents no such command; it masks its encrypted variables itself.
 */
export function registerMasks({ io: { env, stderr }, options }: Session, secrets: Iterable<Secret>): void {
  if (!options.mask || env["GITHUB_ACTIONS"] !== "true" || stderr.isOwnPipe !== true) return;
  const lines = new Set([...secrets].flatMap(maskableLines));
  for (const line of lines) stderr.write(`::add-mask::${line.replaceAll("%", "%25")}\n`, "commands");
}

/** The values of all references of these integrations. */
export function secretsOfIntegrations(integrations: readonly IntegrationWithSecrets[]): readonly Secret[] {
  return integrations.flatMap(({ fields, extra }) =>
    [...fields.values(), ...extra.values()].flatMap((value) => secretsIn(value)),
  );
}
