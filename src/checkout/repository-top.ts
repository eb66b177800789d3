import { lstat, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** The top of the git checkout that a folder is in: where `.git` is, a folder or (in worktrees and submodules) a file. */
export async function repositoryTop(folder: string): Promise<string | undefined> {
  const start = await realpath(folder).catch(() => folder);
  for (let at = start, above = dirname(at); ; at = above, above = dirname(at)) {
    const found = await lstat(join(at, ".git")).catch(() => undefined);
    if (found !== undefined) return at;
    if (above === at) return undefined;
  }
}

/**
 * Paths as a code host shows them: from the top of the repository (without git, from `GITHUB_WORKSPACE`), with `/` on
 * every system. Paths outside stay unchanged.
 */
export async function pathsFromTop({
  cwd,
  env,
}: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<(file: string) => string> {
  const folder = await realpath(cwd).catch(() => cwd);
  const workspace = env["GITHUB_WORKSPACE"];
  const given = workspace === undefined || workspace === "" ? folder : resolve(cwd, workspace);
  const top = (await repositoryTop(cwd)) ?? (await realpath(given).catch(() => given));
  return (file) => {
    const path = relative(top, isAbsolute(file) ? file : resolve(folder, file));
    const isOutside = path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
    return isOutside ? file : path.split(sep).join("/");
  };
}
