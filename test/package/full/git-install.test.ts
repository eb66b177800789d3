import assert from "node:assert/strict";
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import packageJson from "../../../package.json" with { type: "json" };
import { repositoryOfProject, runProgramIn, temporaryFolder, withRegistry } from "../../support/installation.ts";

const skip = process.platform === "win32" && "npm puts global packages elsewhere";

for (const more of [[], ["--install-links"]]) {
  const options = ["--global", ...more];
  test(`npm install ${options.join(" ")} of a git URL builds the program, and leaves no link`, { skip }, async (t) => {
    const folder = await temporaryFolder(t);
    const sources = join(folder, "sources");
    await mkdir(sources);
    await repositoryOfProject(sources);
    const prefix = join(folder, "prefix");
    const url = `git+${pathToFileURL(sources).href}`;
    const install = ["npm", "install", ...options, "--prefix", prefix, "--no-audit", "--prefer-offline", url];
    if ((await withRegistry(t, () => runProgramIn(folder, install))) === undefined) return;
    const version = await runProgramIn(folder, [join(prefix, "bin/buddy-integrations"), "--version"]);
    assert.equal(version.stdout, `${packageJson.version}\n`);
    const installed = join(prefix, "lib/node_modules", packageJson.name);
    assert.ok((await lstat(installed)).isDirectory());
    assert.ok((await lstat(join(installed, "node_modules/undici/package.json"))).isFile());
  });
}
