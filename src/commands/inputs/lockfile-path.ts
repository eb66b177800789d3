import { dirname, relative, resolve, sep } from "node:path";
import { kindOfFile, kindOfTarget, notRegularProblem } from "../../checkout/file-kind.ts";
import { followLinks } from "../../checkout/files.ts";
import { repositoryTop } from "../../checkout/repository-top.ts";
import { errorDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { failure, success, type Result } from "../../model/integration.ts";
import type { Session } from "../session.ts";

/**
 * The path of the lockfile, with links followed: two checkouts that share a lockfile by a link also share its journal
 * and run lock. A link must lead into the checkout (git's top level, else the folder of the desired state). Otherwise
 * anybody who may commit a link could choose any file of this machine.
 */
export async function locateLockfile(
  { io, options }: Pick<Session, "io" | "options">,
  name: string,
): Promise<Result<string, Diagnostic>> {
  const path = resolve(io.cwd, name);
  const target = await kindOfTarget(path);
  const problem = target.ok ? notRegularProblem(target.value) : undefined;
  if (problem !== undefined) {
    return failure(errorDiagnostic("unreadable-lock", `${name} is not a lockfile: ${problem.message}`));
  }
  const real = await followLinks(path);
  if (real === (await followLinks(resolve(io.cwd, options.file)))) {
    const message = `${name} is the file with the desired state, and not a lockfile`;
    return failure(errorDiagnostic("unreadable-lock", message, "name another file with --lockfile"));
  }
  const folder = dirname(resolve(io.cwd, options.file));
  const checkout = (await repositoryTop(folder)) ?? folder;
  if (isInsideFolder(await followLinks(checkout), real)) return success(real);
  const kind = await kindOfFile(path);
  const isBehindLink = (kind.ok && kind.value === "link") || isInsideFolder(checkout, path);
  if (!isBehindLink) return success(real);
  const hint = "name the file itself with --lockfile, or keep it in the repository";
  return failure(errorDiagnostic("unreadable-lock", `${name} leads out of the checkout, to ${real}`, hint));
}

function isInsideFolder(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}
