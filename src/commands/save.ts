import type { Outcome } from "../apply/outcome.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { writeFileAtomic } from "../fs.ts";
import { formatLock } from "../lock/write.ts";
import { withSection, type LockSection } from "../lockfile.ts";
import type { InputOptions, Inputs } from "./inputs.ts";
import { problem } from "./stop.ts";

/** Writes the lockfile if its content changed. If it can't be written, says why, and how to recover every hash. */
export async function saveLock(
  { lock, target }: Inputs,
  section: LockSection,
  outcomes: readonly Outcome[],
  options: InputOptions,
): Promise<Diagnostic[]> {
  const text = formatLock(withSection(lock.lock, target, section));
  if (text === lock.text || (section.size === 0 && lock.text === undefined)) return [];
  const written = await writeFileAtomic(lock.path, text);
  if (written.ok) return [];
  const advice = "make room or mend the permissions, then apply again: everything is found by the journal";
  const commands = recoveryCommands(outcomes, options);
  const hint = commands.length === 0 ? advice : `${advice}.\nWithout the journal:\n${commands.join("\n")}`;
  return [problem("lock-unwritten", `${lock.name} can't be written: ${written.error.message}`, hint)];
}

/** The command for each new hash that puts it into the lockfile. */
export function recoveryCommands(outcomes: readonly Outcome[], options: InputOptions): string[] {
  const { file, lockfile, workspace, api } = options;
  const given = Object.entries({ file, lockfile, workspace, api }).flatMap(([name, value]) =>
    value === undefined || (name === "file" && value === "integrations.yaml") ? [] : [`--${name} ${shellWord(value)}`],
  );
  return outcomes.flatMap((outcome) =>
    outcome.kind === "done" && ["create", "replace", "adopt"].includes(outcome.change.action)
      ? [["buddy-integrations import", shellWord(outcome.change.key), outcome.hashId, ...given].join(" ")]
      : [],
  );
}

function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
