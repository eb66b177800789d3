import { lockfileOf } from "../../checkout/paths.ts";
import { parseLockfile } from "../../checkout/lockfile/read.ts";
import { decodeText } from "../../config/yaml/decode-text.ts";
import { parseSectionName, workspaceSectionName } from "../../model/address.ts";
import { unconfirmedHostProblem } from "../../config/api-host.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import type { Result, Target } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import { EMPTY_LOCKFILE, type Lockfile } from "../../model/lockfile.ts";
import { locateLockfile } from "./lockfile-path.ts";
import { readInput } from "./read-input.ts";
import type { Session } from "../session.ts";

export interface LockfileInput {
  /** The name as the user gave it, or the default. */
  readonly name: string;
  /** The absolute path, with links followed. */
  readonly path: string;
  readonly lock: Lockfile;
  /** The text as it was read; undefined when there is no lockfile yet. */
  readonly text: string | undefined;
}

/** A lockfile with 10,000 integrations has about 8 MiB. */
export const LARGEST_LOCKFILE = 64 * 1024 * 1024;

/** Reads the lockfile. Without a target it isn't checked for another host. */
export async function loadLockfile(
  { io, options }: Session,
  target?: Target,
): Promise<Result<LockfileInput, readonly Diagnostic[]>> {
  const name = options.lockfile ?? lockfileOf(options.file);
  const located = await locateLockfile({ io, options }, name);
  if (!located.ok) return failure([located.error]);
  const path = located.value;
  const bytes = await readInput(io, path, LARGEST_LOCKFILE);
  if (!bytes.ok) {
    if (bytes.error.code === "ENOENT") return success({ name, path, lock: EMPTY_LOCKFILE, text: undefined });
    return failure([errorDiagnostic("unreadable-lock", `${name} can't be read: ${bytes.error.message}`)]);
  }
  const text = decodeText(bytes.value, LARGEST_LOCKFILE);
  if (!text.ok) return failure([errorDiagnostic("lock-damaged", `${name}: ${text.error.message}`, text.error.hint)]);
  const parsed = parseLockfile(name, text.value);
  if (!parsed.ok) return parsed;
  const lock = parsed.value;
  if (target !== undefined && options.api === undefined) {
    const elsewhere = sameWorkspaceElsewhere(lock, target);
    // A host that only the file names is the more serious problem, so it is reported instead.
    const unconfirmed = unconfirmedHostProblem(target.api, { flag: undefined, env: io.env });
    if (elsewhere !== undefined) return failure([unconfirmed ?? otherHostProblem(name, elsewhere, target)]);
  }
  return success({ name, path, lock, text: text.value });
}

/** The section of a workspace with the same name on another host, if the lockfile has none for this host. */
function sameWorkspaceElsewhere(lock: Lockfile, target: Target): string | undefined {
  if (lock.sections.has(workspaceSectionName(target))) return undefined;
  return [...lock.sections.keys()].find((name) => parseSectionName(name)?.workspace === target.workspace);
}

function otherHostProblem(name: string, elsewhere: string, target: Target): Diagnostic {
  const message = `${name} holds this workspace at ${elsewhere}, and this run is for ${workspaceSectionName(target)}`;
  const hint = "if another host is meant, name it with --api: it gets its own section";
  return errorDiagnostic("lock-other-host", message, hint);
}
