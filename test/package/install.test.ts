import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import packageJson from "../../package.json" with { type: "json" };
import { packProject, runProgramIn, temporaryFolder, withRegistry } from "../support/installation.ts";
import { RECIPES } from "../support/recipe.ts";
import { root } from "../support/root.ts";

const project = fileURLToPath(root);

test("npm pack prints the archive's name and nothing else to stdout, as pre-commit needs it", async (t) => {
  const { stdout } = await packProject(await temporaryFolder(t));
  assert.equal(stdout, `${packageJson.name}-${packageJson.version}.tgz\n`);
});

test("the archive has the program, the schemas and every page of the documentation", async (t) => {
  const folder = await temporaryFolder(t);
  const { archive } = await packProject(folder);
  const { stdout } = await runProgramIn(folder, ["tar", "-tzf", archive]);
  const shipped = new Set(stdout.split(/\r?\n/).map((line) => line.replace(/^package\//, "")));
  const pages = (await readdir(new URL("docs/", root))).filter((name) => name.endsWith(".md"));
  const files = ["LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md", "dist/bin.js", "dist/index.js"];
  const expected = [
    ...files,
    "schemas/plan.schema.json",
    ...pages.map((name) => `docs/${name}`),
    ...Object.values(RECIPES),
  ];
  assert.deepEqual(
    expected.filter((name) => !shipped.has(name)),
    [],
  );
  assert.deepEqual(
    [...shipped].filter((name) => /^(?:src|test|scripts|fixtures|node_modules)\/|\.env|\.npmrc/.test(name)),
    [],
  );
});

test("after installation into an empty project, the command and the library work", async (t) => {
  const folder = await temporaryFolder(t);
  const { archive } = await packProject(folder);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const install = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", archive];
  if ((await withRegistry(t, () => runProgramIn(folder, install))) === undefined) return;
  const command = join(folder, "node_modules", ".bin", "buddy-integrations");
  assert.ok(existsSync(command));
  const bin = [process.execPath, join(folder, "node_modules", packageJson.name, packageJson.bin["buddy-integrations"])];
  assert.equal((await runProgramIn(folder, [...bin, "--version"])).stdout, `${packageJson.version}\n`);
  const example = join(folder, "node_modules", packageJson.name, "integrations.example.yaml");
  await runProgramIn(folder, [...bin, "validate", example]);
  const script = `import { plan } from "${packageJson.name}"; console.log(typeof plan);`;
  const { stdout } = await runProgramIn(folder, [process.execPath, "--input-type=module", "--eval", script]);
  assert.equal(stdout, "function\n");
});

test("prepare does nothing if dist exists, and needs no package for that", async (t) => {
  const folder = await temporaryFolder(t);
  const built = join(project, "dist", "bin.js");
  const before = await stat(built);
  const script = join(project, "scripts", "prepare.js");
  const ended = await runProgramIn(folder, [process.execPath, script], { PATH: folder });
  assert.deepEqual(ended, { stdout: "", stderr: "" });
  assert.equal((await stat(built)).mtimeMs, before.mtimeMs);
});

test("npm publish builds the package first, even if there is an old dist", () => {
  assert.match(packageJson.scripts.prepublishOnly, /\bbuild\b/);
});

test("every address of the project in its files is the one in package.json", async () => {
  const home = packageJson.repository.url.replace(/^git\+(.*)\.git$/, "$1");
  assert.equal(packageJson.bugs.url, `${home}/issues`);
  assert.equal(packageJson.homepage, `${home}#readme`);
  const owner = new URL(home).pathname.slice(1);
  const tops = [".github", "actions", "docs", "recipes", "src"].filter((name) => existsSync(join(project, name)));
  const inFolders = tops.map(async (top) =>
    (await readdir(join(project, top), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const atTop = ["README.md", "SECURITY.md", "CONTRIBUTING.md"].map((name) => join(project, name));
  for (const path of [...(await Promise.all(inFolders)).flat(), ...atTop]) {
    const text = readFileSync(path, "utf8");
    for (const [, found = ""] of text.matchAll(/(?:github\.com\/|uses: )([\w-]+\/buddy-integrations)\b/g)) {
      assert.equal(found, owner, path);
    }
  }
});
