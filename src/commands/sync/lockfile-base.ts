import { isAbsolute, resolve } from "node:path";
import { readAtMergeBase, type BaseProblem } from "../../checkout/repository.ts";
import { parseLockfile } from "../../checkout/lockfile/read.ts";
import { decodeText } from "../../config/yaml/decode-text.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import { EMPTY_LOCKFILE, type Lockfile } from "../../model/lockfile.ts";
import { shellWord } from "../../model/text.ts";
import { lockfileEdits, type LockfileEdit } from "../../plan/review/lockfile-edits.ts";
import type { LockfileInput } from "../inputs/load-lockfile.ts";
import type { Session } from "../session.ts";
import { stop, type CommandStop } from "../stop.ts";
import type { ReportOptions } from "./sync-report.ts";

export interface BaseOptions extends ReportOptions {
  /**
   * The branch into which this one will be merged. The lockfile must be the same as where the two parted. Undefined:
   * no check.
   */
  readonly base: string | undefined;
  readonly allowLockfileEdits: boolean;
}

/** What comparing the lockfile with the one at the base found. */
export interface ComparedLockfile {
  readonly isRefused: boolean;
  readonly notes: readonly Diagnostic[];
}

const AS_BEFORE: ComparedLockfile = { isRefused: false, notes: [] };

/**
 * `--base REF`: checks that the lockfile is the same as in the commit where this branch left REF. An apply trusts its
 * lockfile, so a pull request that edits the lockfile together with the file could hide a change from the plan.
 */
export async function compareWithBase(
  { io, options }: Session<BaseOptions>,
  lock: LockfileInput,
): Promise<Result<ComparedLockfile, CommandStop>> {
  const { base: ref } = options;
  if (ref === undefined) return success(AS_BEFORE);
  const path = isAbsolute(lock.name) ? lock.name : resolve(io.cwd, lock.name);
  const read = await readAtMergeBase(io, { path, ref, cwd: io.cwd });
  if (!read.ok) return stop("invalid", baseProblemDiagnostic(read.error, ref, lock.name));
  const { commit, bytes } = read.value;
  const before = bytes === undefined ? success(EMPTY_LOCKFILE) : parseBytes(lock.name, bytes);
  const found = before.ok
    ? editMessages(lockfileEdits(before.value, lock.lock), options)
    : [`it can't be compared: at ${commit.slice(0, 12)} ${before.error}`];
  if (found.length === 0) return success(AS_BEFORE);
  const what = bytes === undefined ? "is new" : lock.text === undefined ? "was deleted" : "was edited";
  const head = `${lock.name} ${what} since ${commit.slice(0, 12)}, where this branch left ${ref}`;
  return success({
    isRefused: !options.allowLockfileEdits,
    notes: editDiagnostics(head, found, takeBack(commit, lock.name, bytes), options),
  });
}

/** The command that restores the lockfile of the base. */
function takeBack(commit: string, name: string, before: Uint8Array | undefined): string {
  if (before === undefined) return `rm -- ${shellWord(name)}, or put it back where it was`;
  return `git checkout ${commit.slice(0, 12)} -- ${shellWord(name)}`;
}

function parseBytes(name: string, bytes: Uint8Array): Result<Lockfile, string> {
  const text = decodeText(bytes, Number.POSITIVE_INFINITY);
  if (!text.ok) return failure(text.error.message);
  const parsed = parseLockfile(name, text.value);
  return parsed.ok ? parsed : failure(parsed.error[0]?.message ?? "it can't be read");
}

/** The most edits that are shown to a person. JSON has all of them. */
const MOST_SHOWN = 10;

function editMessages(edits: readonly LockfileEdit[], { format }: BaseOptions): string[] {
  const sections = new Set(edits.map(({ section }) => section));
  const messages = edits.map(({ section, key, what }) => {
    const where = sections.size > 1 ? ` (${section})` : "";
    return `${key}${where}: ${what.join(", ")}`;
  });
  if (format === "json" || messages.length <= MOST_SHOWN) return messages;
  const rest = messages.length - MOST_SHOWN;
  return [...messages.slice(0, MOST_SHOWN), `and ${rest} more; --format json has all of them`];
}

function editDiagnostics(
  head: string,
  found: readonly string[],
  back: string,
  { allowLockfileEdits }: BaseOptions,
): Diagnostic[] {
  const make = (message: string, hint?: string): Diagnostic =>
    allowLockfileEdits
      ? { code: CODE, severity: "warning", message, ...(hint === undefined ? {} : { hint }) }
      : errorDiagnostic(CODE, message, hint);
  const hint = allowLockfileEdits
    ? "--allow-lockfile-edits lets this pass: review each entry as you review the file"
    : `an apply trusts its lockfile. Undo the edits (${back}), or review each entry and pass --allow-lockfile-edits`;
  return [make(head, hint), ...found.map((message) => make(message))];
}

const CODE = "lockfile-edited";

function baseProblemDiagnostic(problem: BaseProblem, ref: string, name: string): Diagnostic {
  switch (problem.kind) {
    case "no-git": {
      const message = `--base ${ref}: git can't be run (${problem.why})`;
      return errorDiagnostic("no-base", message, "run this in a clone, with git installed, or leave --base out");
    }
    case "missing":
      return errorDiagnostic(
        "no-base",
        `--base ${ref}: ${problem.why}`,
        problem.fetch === undefined
          ? "name a branch or a commit, such as origin/main"
          : `fetch it first: ${problem.fetch}`,
      );
    case "unrelated":
      return errorDiagnostic(
        "no-base",
        `--base ${ref}: it has no commit in common with HEAD`,
        "name the branch that this one is merged into",
      );
    case "tag":
      return errorDiagnostic(
        "no-base",
        `--base ${ref}: a tag has this name too, and git would use it instead of the branch`,
        `name a branch in full, such as refs/remotes/origin/main, or this tag: refs/tags/${ref}`,
      );
    case "submodule":
      return errorDiagnostic(
        "no-base",
        `--base ${ref}: ${name} is in a submodule, and a pull request may replace the submodule's repository`,
        "run this in a clone of the submodule's own repository",
      );
    case "link": {
      const message = `--base ${ref}: ${name} is behind a link, now or at the base (${problem.path}), and a link may lead elsewhere after a merge`;
      return errorDiagnostic("no-base", message, "name the file itself with --lockfile");
    }
    default:
      return problem satisfies never;
  }
}
