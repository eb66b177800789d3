import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import packageJson from "../../../package.json" with { type: "json" };
import { packProject, runProgramIn, temporaryFolder, withRegistry } from "../../support/installation.ts";

const system = process.platform === "win32" ? "win" : process.platform;

/** npm has Node.js itself as a package for each system. */
async function installNode(folder: string, version: string): Promise<string> {
  const name = `node-${system}-${process.arch}`;
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
  await runProgramIn(folder, ["npm", "install", ...options, "--prefix", folder, `${name}@${version}`]);
  return join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
}

for (const version of [packageJson.engines.node.replace(">=", ""), "20", "22", "24"]) {
  test(`an installed archive works on Node.js ${version}`, async (t) => {
    const folder = await temporaryFolder(t);
    const { archive } = await packProject(folder);
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    const node = await withRegistry(t, async () => {
      await runProgramIn(folder, ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", archive]);
      return installNode(await temporaryFolder(t), version);
    });
    if (node === undefined) return;
    assert.ok((await runProgramIn(folder, [node, "--version"])).stdout.startsWith(`v${version}`));
    const installed = join(folder, "node_modules", packageJson.name);
    const bin = [node, join(installed, "dist", "bin.js")];
    assert.equal((await runProgramIn(folder, [...bin, "--version"])).stdout, `${packageJson.version}\n`);
    await runProgramIn(folder, [...bin, "validate", join(installed, "integrations.example.yaml")]);
    const web = "{ type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN }";
    await writeFile(join(folder, "integrations.yaml"), `version: 1\nintegrations:\n  web: ${web}\n`);
    await writeFile(join(folder, "apply.js"), APPLY);
    const { stdout } = await runProgramIn(folder, [node, "apply.js", ...bin]);
    assert.match(stdout, /^ {2}\+ {3}create {2}web {2}VULTR "Web"/m);
    assert.match(stdout, /^Apply: 1 done\.$/m);
  });
}

/** Serves the emulator from the library, and applies with the command. */
const APPLY = `
import { execFile } from "node:child_process";
import { startEmulator } from "buddy-integrations/emulator";
const emulator = await startEmulator();
const [node, ...bin] = process.argv.slice(2);
const env = {
  PATH: process.env.PATH, TOKEN: "secret",
  BUDDY_TOKEN: emulator.token, BUDDY_WORKSPACE: emulator.workspace, BUDDY_BASE_URL: emulator.url,
};
execFile(node, [...bin, "apply"], { env }, async (error, stdout, stderr) => {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = error?.code ?? 0;
  await emulator.close();
});
`;
