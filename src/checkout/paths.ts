import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";

/** The names of all files that the program looks for, writes, or leaves beside another file. */

/** The desired state, if no file is named. */
export const DEFAULT_CONFIG = "integrations.yaml";

/** `integrations.lock.yaml` beside `integrations.yaml`. */
export function lockfileOf(config: string): string {
  return `${config.replace(/\.ya?ml$/i, "")}.lock.yaml`;
}

/** The journal of creations, beside the lockfile: `integrations.lock.yaml.journal`. */
export function journalOf(lockfile: string): string {
  return `${lockfile}.journal`;
}

/** The new name of a journal that can't be read. @param now milliseconds since 1970 */
export function damagedJournalOf(journal: string, now: number): string {
  return `${journal}.damaged-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`;
}

/** The run lock, which the only run on a lockfile holds: `integrations.lock.yaml.lock`. */
export function runLockOf(lockfile: string): string {
  return `${lockfile}.lock`;
}

/** A name for a temporary file beside this one; {@link isLeftover} knows these names. */
export function temporaryName(path: string): string {
  return join(dirname(path), `${temporaryPrefix(path)}${randomBytes(6).toString("hex")}.tmp`);
}

/** Whether a killed run left this beside a lockfile, while it wrote the lockfile, its journal or its run lock. */
export function isLeftover(name: string, lockfile: string): boolean {
  return [lockfile, journalOf(lockfile), runLockOf(lockfile)].some((path) => {
    const prefix = temporaryPrefix(path);
    return name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length));
  });
}

function temporaryPrefix(path: string): string {
  return `.${basename(path)}.`;
}

/** Pipelines are in `buddy.yml` (or `.yaml`), and in every YAML file below this folder. */
export const PIPELINE_FOLDER = ".buddy";

export function isPipelineFile(name: string): boolean {
  return /^buddy\.ya?ml$/i.test(name);
}

/** Whether a file below {@link PIPELINE_FOLDER} is a YAML file, by its name. */
export function isYamlFile(name: string): boolean {
  return /\.ya?ml$/i.test(name);
}

/** The definition of a custom action: at the root, or in its own folder below `.buddy/actions/`. */
export function isActionFile(name: string): boolean {
  return /^action\.ya?ml$/i.test(name);
}
