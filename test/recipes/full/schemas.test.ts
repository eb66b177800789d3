import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { runProgramIn, temporaryFolder, withRegistry } from "../../support/installation.ts";
import { RECIPES, recipeText } from "../../support/recipe.ts";
import { root } from "../../support/root.ts";

// The validators are installed for the tests: they bring the schemas that GitHub and GitLab publish.

const project = fileURLToPath(root);

async function installCheckJsonschema(t: TestContext): Promise<string | undefined> {
  const folder = await temporaryFolder(t);
  const python = process.platform === "win32" ? "python" : "python3";
  const bin = join(folder, "venv", process.platform === "win32" ? "Scripts" : "bin");
  try {
    await runProgramIn(folder, [python, "-m", "venv", join(folder, "venv")]);
    await runProgramIn(folder, [join(bin, "pip"), "install", "--quiet", "check-jsonschema>=0.39"]);
    return join(bin, "check-jsonschema");
  } catch (error) {
    t.skip(`check-jsonschema can't be installed: ${error instanceof Error ? error.message.slice(0, 200) : ""}`);
    return undefined;
  }
}

test("recipes, workflows and issue forms are valid by the schemas of SchemaStore and GitLab", async (t) => {
  const validator = await installCheckJsonschema(t);
  if (validator === undefined) return;
  const workflows = (await readdir(join(project, ".github/workflows"))).map((name) => `.github/workflows/${name}`);
  const forms = (await readdir(join(project, ".github/ISSUE_TEMPLATE"))).filter((name) => name !== "config.yml");
  const files: readonly (readonly [string, readonly string[]])[] = [
    ["vendor.github-workflows", [RECIPES.github, ...workflows]],
    ["vendor.gitlab-ci", [RECIPES.gitlab]],
    ["vendor.github-issue-forms", forms.map((name) => `.github/ISSUE_TEMPLATE/${name}`)],
    ["vendor.github-issue-config", [".github/ISSUE_TEMPLATE/config.yml"]],
    ["vendor.dependabot", [".github/dependabot.yml"]],
  ];
  for (const [schema, names] of files) {
    await runProgramIn(project, [validator, "--builtin-schema", schema, ...names]);
  }
});

test("recipes and workflows for GitHub are valid by GitHub's own parser, with their expressions", async (t) => {
  const folder = await temporaryFolder(t);
  const install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "@actions/workflow-parser@0.3.61"];
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  if ((await withRegistry(t, () => runProgramIn(folder, install))) === undefined) return;
  const workflows = (await readdir(join(project, ".github/workflows"))).map((name) => `.github/workflows/${name}`);
  await writeFile(
    join(folder, "source.js"),
    `
    import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
    const [content] = process.argv.slice(2);
    const { context } = parseWorkflow({ name: "w.yml", content }, new NoOperationTraceWriter());
    for (const error of context.errors.getErrors()) console.log(error.message);
    `,
  );
  // It imports JSON in a way that only some versions of Node.js know.
  const entry = { absWorkingDir: folder, entryPoints: ["source.js"], outfile: "check.cjs" };
  await build({ ...entry, bundle: true, format: "cjs", platform: "node", logLevel: "error" });
  for (const file of [RECIPES.github, ...workflows]) {
    const { stdout } = await runProgramIn(folder, [process.execPath, "check.cjs", await recipeText(file)]);
    assert.equal(stdout, "", file);
  }
  const broken = (await recipeText(RECIPES.github)).replace("needs.check.outputs", "nothing.check.outputs");
  const { stdout } = await runProgramIn(folder, [process.execPath, "check.cjs", broken]);
  assert.match(stdout, /nothing/);
});
