import { dirname, join, relative, resolve } from "node:path";
import { isRecordOf } from "../../apply/journal.ts";
import { readJournal } from "../../checkout/journal/read.ts";
import { journalOf, lockfileOf, runLockOf } from "../../checkout/paths.ts";
import { runLockState } from "../../checkout/run-lock.ts";
import { trackedFiles } from "../../checkout/repository.ts";
import { loadConfig, resolveConfig, type ParsedConfig } from "../../config/load-config.ts";
import { KEY_VARIABLE, readFingerprintKey } from "../../config/fingerprint-key.ts";
import type { HealthCheck } from "../../model/health-check.ts";
import type { IntegrationWithSecrets, Target } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import { referenceStates } from "../../model/stored-value.ts";
import { counted, shellWord } from "../../model/text.ts";
import { commandText } from "../command-text.ts";
import type { LockfileInput } from "../inputs/load-lockfile.ts";
import { readInput } from "../inputs/read-input.ts";
import type { Session } from "../session.ts";

/** What the file says, as far as it can be read. */
export interface CheckedFile {
  readonly check: HealthCheck;
  readonly written: ParsedConfig | undefined;
  readonly desired: readonly IntegrationWithSecrets[];
}

export async function checkDesiredFile({ io, options }: Session): Promise<CheckedFile> {
  const nothing = { written: undefined, desired: [] };
  const bytes = await readInput(io, options.file);
  if (!bytes.ok) {
    const isAbsent = bytes.error.code === "ENOENT";
    const message = isAbsent ? `there is no ${options.file}` : `${options.file} can't be read: ${bytes.error.message}`;
    const next = isAbsent
      ? `${commandText("init", options)}, or export for a workspace that has integrations`
      : "name it with --file";
    return { ...nothing, check: { check: "file", status: "error", message, next } };
  }
  const loaded = loadConfig(options.file, bytes.value);
  const validate = `buddy-integrations validate ${shellWord(options.file)}`;
  if (!loaded.ok) {
    const errors = loaded.diagnostics.filter(({ severity }) => severity === "error").length;
    const message = `${options.file} has ${counted(errors, "error")}`;
    return { ...nothing, check: { check: "file", status: "error", message, next: validate } };
  }
  const written = loaded.value;
  const resolved = resolveConfig(written, () => ({ kind: "unset" }));
  const message = `${options.file}: ${counted(written.keys.length, "integration")}`;
  return {
    written,
    desired: resolved.ok ? resolved.value.integrations : [],
    check: { check: "file", status: "ok", message },
  };
}

/** Checks the key for fingerprints. Its text is never shown. */
export function checkKey(text: string | undefined, { written }: CheckedFile): HealthCheck {
  const check = "key";
  if (text === undefined) {
    if (written === undefined || written.references.length === 0) {
      return {
        check,
        status: "ok",
        message: `${KEY_VARIABLE} isn't set, and isn't needed: no value comes from a variable`,
      };
    }
    const message = `${KEY_VARIABLE} isn't set, so a rotated secret isn't noticed`;
    return {
      check,
      status: "warning",
      message,
      next: `export ${KEY_VARIABLE}=$(openssl rand -base64 32), and keep it with your secrets`,
    };
  }
  const key = readFingerprintKey(text);
  if (key.ok) return { check, status: "ok", message: `${KEY_VARIABLE} is set` };
  const [problem] = key.error;
  return { check, status: "error", message: problem?.message ?? "", next: problem?.hint ?? "" };
}

interface LockfileSources {
  readonly file: CheckedFile;
  readonly target: Target;
  readonly section: LockSection;
}

/** Checks the lockfile and the journal beside it. */
export async function checkLockfile(
  { options }: Session,
  { name, path, text }: LockfileInput,
  { file, target, section }: LockfileSources,
): Promise<readonly HealthCheck[]> {
  const journal = await readJournal(journalOf(path));
  const isOpen = !journal.ok || journal.value.some((record) => isRecordOf(record, target));
  const interrupted: HealthCheck[] = isOpen
    ? [
        {
          check: "journal",
          status: "warning",
          message: `${journalOf(name)} holds what an interrupted apply did`,
          next: `${commandText("apply", options)}, which finishes it`,
        },
      ]
    : [];
  const missing = (file.written?.keys ?? []).filter((key) => !section.has(key)).length;
  if (text === undefined && missing > 0) {
    const message = `there is no ${name} yet`;
    return [
      { check: "lockfile", status: "warning", message, next: `${commandText("plan", options)}, then apply` },
      ...interrupted,
    ];
  }
  const assumed = [...section.values()]
    .flatMap(({ lastSent }) => [...lastSent.values()].flatMap(referenceStates))
    .filter((state) => "assumed" in state && state.assumed).length;
  const details = [
    counted(section.size, "integration"),
    ...(missing > 0 ? [`${missing} of the file not locked yet`] : []),
    ...(assumed > 0 ? [`${counted(assumed, "value")} only assumed to be the live one (--assume-sent)`] : []),
  ];
  return [{ check: "lockfile", status: "ok", message: `${name}: ${details.join(", ")}` }, ...interrupted];
}

/** Checks whether a run is active on the lockfile, or whether a dead run left its lock. */
export async function checkRunLock(
  { io, options }: Session,
  { name, path }: Pick<LockfileInput, "name" | "path">,
): Promise<readonly HealthCheck[]> {
  const check = "run lock";
  const file = runLockOf(name);
  const state = await runLockState(runLockOf(path), io);
  switch (state.kind) {
    case "free":
      return [];
    case "held": {
      const message = `${state.by} holds ${file}: an apply is running here`;
      return [{ check, status: "warning", message, next: "wait until it has ended" }];
    }
    case "left": {
      const message = `${file} was left by ${state.by}, which has ended`;
      return [{ check, status: "warning", message, next: `${commandText("apply", options)}, which replaces it` }];
    }
    case "blocked":
      return [
        { check, status: "error", message: `${file} isn't a file, so the lock can't be created`, next: "move it away" },
      ];
    default:
      return state satisfies never;
  }
}

/** Checks that git tracks no file that must never be committed. If git can't be run, reports nothing. */
export async function checkTrackedFiles({ io, options }: Session): Promise<readonly HealthCheck[]> {
  const lockfile = resolve(io.cwd, options.lockfile ?? lockfileOf(options.file));
  const folder = dirname(lockfile);
  const tracked = await trackedFiles(io, [journalOf(lockfile), runLockOf(lockfile), join(folder, "secrets.env")]);
  if (!tracked.ok) return [];
  return tracked.value.map((path) => {
    const name = relative(io.cwd, path);
    const next = `git rm --cached -- ${shellWord(name)}, and add it to .gitignore`;
    return { check: "secrets", status: "error", message: `git tracks ${name}, which must never be committed`, next };
  });
}
