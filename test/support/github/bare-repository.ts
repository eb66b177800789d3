import { spawnSync } from "node:child_process";
import { gitIn } from "../git.ts";

/** The branches of the server, in a bare repository, so that real git decides what is refused. */
export class BareRepository {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  git(...args: readonly string[]): Promise<string> {
    return gitIn(this.path, ...args);
  }

  /** The commit of a branch or another revision; undefined when there is none. */
  async commit(name: string): Promise<string | undefined> {
    return (await this.#parse(`refs/heads/${name}`)) ?? this.#parse(`${name}^{commit}`);
  }

  /** @returns undefined where there is no such branch */
  branch(name: string): Promise<string | undefined> {
    return this.#parse(`refs/heads/${name}`);
  }

  /** The exact bytes of a file; undefined when the commit doesn't have it. */
  bytes(commit: string, path: string): Buffer | undefined {
    const shown = spawnSync("git", ["-C", this.path, "cat-file", "blob", `${commit}:${path}`]);
    return shown.status === 0 ? shown.stdout : undefined;
  }

  /** Adds a commit after `parent`. No branch moves. */
  async addCommit(parent: string, files: ReadonlyMap<string, string>, message: string): Promise<string> {
    let tree = await this.git("rev-parse", `${parent}^{tree}`);
    for (const [path, text] of files) {
      tree = await this.#withFile(tree, path.split("/"), this.#input(text, "hash-object", "-w", "--stdin"));
    }
    return this.git("commit-tree", tree, "-p", parent, "-m", message);
  }

  async #withFile(tree: string | undefined, [name = "", ...rest]: readonly string[], blob: string): Promise<string> {
    const listed = tree === undefined ? "" : await this.git("ls-tree", tree);
    const lines = listed.split("\n").filter((line) => line !== "");
    const found = lines.find((line) => line.endsWith(`\t${name}`));
    const inner = rest.length === 0 ? blob : await this.#withFile(found?.split(/\s/)[2], rest, blob);
    const entry = `${rest.length === 0 ? "100644 blob" : "040000 tree"} ${inner}\t${name}`;
    const entries = [...lines.filter((line) => line !== found), entry];
    return this.#input(entries.map((line) => `${line}\n`).join(""), "mktree");
  }

  #input(input: string, ...args: readonly string[]): string {
    const ended = spawnSync("git", ["-C", this.path, ...args], { input, encoding: "utf8" });
    if (ended.status !== 0) throw new Error(ended.stderr);
    return ended.stdout.trim();
  }

  #parse(name: string): Promise<string | undefined> {
    return this.git("rev-parse", "--verify", "-q", name).catch(() => undefined);
  }
}
