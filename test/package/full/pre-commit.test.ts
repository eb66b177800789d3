import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { gitRepository } from "../../support/git.ts";
import { repositoryOfProject, runProgramIn, temporaryFolder } from "../../support/installation.ts";

const FORMER = "7a03b1c2d4e5f60718293a4b";
const LOCKFILE = `lockfile_version: 2
workspaces:
  https://api.buddy.works/workspaces/my-company:
    integrations:
      web: { type: VULTR, hash_id: NLVaDzgp6W2qJljaQlJOoYdmZ3, superseded: [${FORMER}] }
`;

/** A virtual environment with that pre-commit. @returns nothing, and skips, without Python or its registry */
async function installPreCommit(t: TestContext, folder: string, version: string): Promise<string | undefined> {
  const place = join(folder, "venv");
  const python = process.platform === "win32" ? "python" : "python3";
  const bin = join(place, process.platform === "win32" ? "Scripts" : "bin");
  try {
    await runProgramIn(folder, [python, "-m", "venv", place]);
    await runProgramIn(folder, [join(bin, "pip"), "install", "--quiet", `pre-commit${version}`]);
    return join(bin, "pre-commit");
  } catch (error) {
    t.skip(`pre-commit can't be installed: ${error instanceof Error ? error.message.slice(0, 200) : ""}`);
    return undefined;
  }
}

for (const version of [">=3.0,<4", ">=4.0,<5"]) {
  test(`pre-commit ${version} builds and runs the hooks of this repository`, async (t) => {
    const folder = await temporaryFolder(t);
    const preCommit = await installPreCommit(t, folder, version);
    if (preCommit === undefined) return;
    const sources = join(folder, "sources");
    const consumer = join(folder, "consumer");
    await Promise.all([mkdir(sources), mkdir(join(consumer, ".buddy"), { recursive: true })]);
    const hooks = await repositoryOfProject(sources);
    await hooks.git("tag", "v1.0.0");
    const repository = await gitRepository(consumer);
    const ids = ["validate", "refs"].map((name) => `      - id: buddy-integrations-${name}\n`);
    const repo = `repos:\n  - repo: ${pathToFileURL(sources).href}\n    rev: v1.0.0\n    hooks:\n${ids.join("")}`;
    const write = (name: string, text: string): Promise<void> => writeFile(join(consumer, name), text);
    const file = (more: string): string =>
      `version: 1\nworkspace: my-company\nintegrations:\n  web: { type: VULTR, name: Web, scope: WORKSPACE, token: $T${more} }\n`;
    await write(".pre-commit-config.yaml", repo);
    await write("integrations.yaml", file(""));
    await repository.commit();
    const home = { PRE_COMMIT_HOME: join(folder, "home") };
    const hook = async (): Promise<string> =>
      (await runProgramIn(consumer, [preCommit, "run", "--all-files"], home)).stdout;

    // No pipeline refers to anything yet, and there is no lockfile.
    assert.match(await hook(), /^integrations\.yaml is valid\.+Passed$/m);

    await write("integrations.yaml", file(", typo: 1"));
    await repository.commit();
    await assert.rejects(hook, /is valid\.+Failed[^]*error \[unknown-field\]/);

    await write("integrations.yaml", file(""));
    await write("integrations.lock.yaml", LOCKFILE);
    await write(".buddy/web.yml", `- pipeline: "p"\n  actions: [{ action: a, integration_hash: ${FORMER} }]\n`);
    await repository.commit();
    await assert.rejects(hook, /refer to integrations that exist\.+Failed[^]*error \[superseded-hash\]/);
  });
}
