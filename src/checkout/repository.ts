import { basename, dirname, relative } from "node:path";
import { failure, success, type Result } from "../model/integration.ts";
import { shellWord } from "../model/text.ts";
import { isLink } from "./files.ts";

/** Runs git in a folder: see `Io.git`. */
export interface GitRunner {
  git(folder: string, args: readonly string[]): Promise<GitRun>;
}

type GitRun =
  | { readonly kind: "ended"; readonly code: number; readonly stdout: Uint8Array; readonly stderr: string }
  | { readonly kind: "missing"; readonly why: string };

/** Why git gave no result: it isn't installed, the folder is in no repository, or git refuses to read it. */
export interface GitProblem {
  readonly why: string;
}

/** Which of these files of one folder git tracks, so that a pull request may have brought them. */
export async function trackedFiles(
  runner: GitRunner,
  paths: readonly [string, ...string[]],
): Promise<Result<readonly string[], GitProblem>> {
  // On a file system that ignores case, another spelling names the same file.
  const specs = paths.map((path) => `:(icase,literal)${basename(path)}`);
  const listed = await gitText(runner, dirname(paths[0]), ["ls-files", "-z", "--", ...specs]);
  if (!listed.ok) return listed;
  const names = new Set(listed.value.split("\0").map((name) => name.toLowerCase()));
  return success(paths.filter((path) => names.has(basename(path).toLowerCase())));
}

/** A file at the merge base of this branch and another one. */
export interface FileAtBase {
  readonly commit: string;
  /** Undefined if there was no such file. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Why the file can't be read.
 * - `missing`: the commit, or the history up to it, isn't here. `fetch` is the command that gets it, if the name can
 * be a branch.
 * - `tag`: a tag has this name too.
 * - `link`: the path isn't a plain file.
 * - `submodule`: the file is in a submodule, and a commit of the outer repository decides which repository that is.
 */
export type BaseProblem =
  | { readonly kind: "no-git"; readonly why: string }
  | { readonly kind: "missing"; readonly why: string; readonly fetch: string | undefined }
  | { readonly kind: "unrelated" }
  | { readonly kind: "tag" }
  | { readonly kind: "submodule" }
  | { readonly kind: "link"; readonly path: string };

/**
 * Reads a file at the merge base of a commit and HEAD, byte for byte: no filter of the repository is applied. Links
 * are not followed, neither in the checkout nor at the base: they might lead to a file that was not reviewed.
 * @param path absolute, as the user named it
 * @param cwd folders above it are not checked
 */
export async function readAtMergeBase(
  runner: GitRunner,
  { path, ref, cwd }: { readonly path: string; readonly ref: string; readonly cwd: string },
): Promise<Result<FileAtBase, BaseProblem>> {
  const folder = dirname(path);
  const about = await gitText(runner, folder, [
    "rev-parse",
    "--show-superproject-working-tree",
    "--show-toplevel",
    "--is-shallow-repository",
  ]);
  if (!about.ok) return failure({ kind: "no-git", why: about.error.why });
  const [shallow = "", top = "", superproject] = about.value.trimEnd().split("\n").toReversed();
  if (superproject !== undefined) return failure({ kind: "submodule" });
  const isShallow = shallow === "true";
  const link = await linkBelow(path, [cwd, top]);
  if (link !== undefined) return failure({ kind: "link", path: link });
  const named = await commitOf(runner, folder, ref);
  const missing = async (why: string): Promise<Result<never, BaseProblem>> =>
    failure({ kind: "missing", why, fetch: await fetchCommand(runner, folder, ref, isShallow) });
  if (!named.ok) return missing(`there is no commit ${ref} here`);
  if (await isTag(runner, folder, ref)) return failure({ kind: "tag" });
  const base = await gitText(runner, folder, ["merge-base", named.value.trim(), "HEAD"]);
  if (!base.ok) return isShallow ? missing("the history of this clone is cut off") : failure({ kind: "unrelated" });
  const commit = base.value.trim();
  const listed = await gitText(runner, folder, ["--literal-pathspecs", "ls-tree", "-z", commit, "--", basename(path)]);
  if (!listed.ok) return missing(listed.error.why);
  const [, mode, blob] = /^(\d+) \w+ ([0-9a-f]+)\t/.exec(listed.value) ?? [];
  if (mode === undefined || blob === undefined) return success({ commit, bytes: undefined });
  if (!mode.startsWith("100")) return failure({ kind: "link", path });
  const content = await askGit(runner, folder, ["cat-file", "blob", blob]);
  return content.ok ? success({ commit, bytes: content.value }) : missing(content.error.why);
}

function commitOf(runner: GitRunner, folder: string, ref: string): Promise<Result<string, GitProblem>> {
  return gitText(runner, folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
}

/**
 * Whether a short name is also that of a tag. Git prefers tags to branches, and more people may push a tag than the
 * intended branch, so a tag named `origin/main` would be read instead.
 */
async function isTag(runner: GitRunner, folder: string, ref: string): Promise<boolean> {
  if (ref.startsWith("refs/") || /^[0-9a-f]{40,64}$/.test(ref)) return false;
  return (await commitOf(runner, folder, `refs/tags/${ref}`)).ok;
}

/** The topmost link between one of these folders and the file. */
async function linkBelow(path: string, tops: readonly string[]): Promise<string | undefined> {
  let found: string | undefined;
  for (let at = path; !tops.includes(at) && dirname(at) !== at; at = dirname(at)) {
    if (await isLink(at)) found = at;
  }
  const isInside = tops.some((top) => !relative(top, path).startsWith(".."));
  // For a file elsewhere, the path to its folder belongs to the machine and isn't checked.
  return isInside || found === path ? found : undefined;
}

/** Names that no branch can have: nothing can be fetched by such a name. */
const NOT_A_BRANCH = /^$|\.\.|[~^:?*[\\\s]/;

async function fetchCommand(
  runner: GitRunner,
  folder: string,
  ref: string,
  isShallow: boolean,
): Promise<string | undefined> {
  if (NOT_A_BRANCH.test(ref)) return undefined;
  const listed = await gitText(runner, folder, ["remote"]);
  const remotes = listed.ok ? listed.value.split("\n").filter((name) => name !== "") : [];
  const short = ref.replace(/^refs\/(?:remotes|heads)\//, "");
  const named = remotes.find((remote) => short.startsWith(`${remote}/`));
  const remote = named ?? (remotes.includes("origin") ? "origin" : (remotes[0] ?? "origin"));
  const branch = named === undefined ? short : short.slice(named.length + 1);
  const what = /^[0-9a-f]{40,64}$/.test(ref) ? ref : `+refs/heads/${branch}:refs/remotes/${remote}/${branch}`;
  const depth = isShallow ? ["--unshallow"] : [];
  return ["git fetch --no-tags", ...depth, shellWord(remote), shellWord(what)].join(" ");
}

async function gitText(
  runner: GitRunner,
  folder: string,
  args: readonly string[],
): Promise<Result<string, GitProblem>> {
  const answer = await askGit(runner, folder, args);
  return answer.ok ? success(new TextDecoder().decode(answer.value)) : answer;
}

async function askGit(
  runner: GitRunner,
  folder: string,
  args: readonly string[],
): Promise<Result<Uint8Array, GitProblem>> {
  const run = await runner.git(folder, args);
  if (run.kind === "missing") return failure({ why: run.why });
  if (run.code === 0) return success(run.stdout);
  const [line = ""] = run.stderr.split("\n");
  return failure({ why: line === "" ? `git ended with ${run.code}` : line.replace(/^fatal: /, "") });
}
