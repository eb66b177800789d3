import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import packageJson from "../../package.json" with { type: "json" };
import { repositoryOfProject, runProgramIn, temporaryFolder } from "../support/installation.ts";
import { parsedRecipe, partOf } from "../support/recipe.ts";
import { root } from "../support/root.ts";

const skip = process.platform === "win32" && "releases are made on Linux";

test("the tag of a release has the built files, and the branch stays as it is", { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const repository = await repositoryOfProject(folder);
  const branch = await repository.git("rev-parse", "HEAD");
  await cp(fileURLToPath(new URL("dist/", root)), join(folder, "dist"), { recursive: true });
  const tag = `v${packageJson.version}`;
  const moving = packageJson.version.startsWith("0.") ? /^v0\.\d+/.exec(tag)?.[0] : /^v\d+/.exec(tag)?.[0];
  await runProgramIn(folder, ["scripts/tag-release.sh", "--dry-run"]);
  for (const name of [tag, moving ?? tag]) {
    assert.match(await repository.git("ls-tree", "--name-only", name, "dist/bin.js"), /^dist\/bin\.js$/, name);
    assert.equal(await repository.git("rev-parse", `${name}^{commit}^`), branch);
  }
  const tagged = new Set((await repository.git("ls-tree", "-r", "--name-only", tag)).split("\n"));
  for (const action of ["action.yml", ...["plan", "comment", "apply"].map((name) => `actions/${name}/action.yml`)]) {
    const runs = partOf(await parsedRecipe(action), "runs");
    for (const [, program] of Object.entries(Object(runs)).filter(([key]) => /^(?:main|pre|post)$/.test(key))) {
      const path = posix.join(posix.dirname(action), String(program));
      assert.ok(tagged.has(path), `${action} runs ${path}`);
    }
  }
  assert.equal(await repository.git("rev-parse", "HEAD"), branch);
  assert.equal(await repository.git("status", "--porcelain"), "");
  await assert.rejects(runProgramIn(folder, ["scripts/tag-release.sh", "--dry-run"]), /exists already/);
});
