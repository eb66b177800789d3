import type { IntegrationWithSecrets } from "../model/integration.ts";
import { maskableLines, type Secret } from "../model/secret.ts";
import { secretsIn } from "../plan/compare/compare-values.ts";
import type { Session } from "./session.ts";

/**
 * On request, gives GitHub Actions the texts to mask in the logs of the rest of the job, by the documented workflow
 * command `::add-mask::`, one for each line of a value. The command holds the value: the runner, which reads both streams,
 * takes it out of the log. So it is written only where the runner reads it: to stderr (stdout is what gets captured),
 * when `GITHUB_ACTIONS` is `true`, and when stderr is its own pipe, neither a file nor merged into stdout for a
 * `tee`. Buddy documents no such command; it masks its encrypted variables by itself.
 */
export function registerMasks({ io: { env, stderr }, options }: Session, secrets: Iterable<Secret>): void {
  if (!options.mask || env["GITHUB_ACTIONS"] !== "true" || stderr.isOwnPipe !== true) return;
  const lines = new Set([...secrets].flatMap(maskableLines));
  for (const line of lines) stderr.write(`::add-mask::${line.replaceAll("%", "%25")}\n`, "commands");
}

/** Every reference of these integrations. */
export function secretsOfIntegrations(integrations: readonly IntegrationWithSecrets[]): readonly Secret[] {
  return integrations.flatMap(({ fields, extra }) =>
    [...fields.values(), ...extra.values()].flatMap((value) => secretsIn(value)),
  );
}
