import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");

/** The dependencies of the archive, and what a consumer needs to compile. The project has no other packages. */
const PACKAGES = ["undici", "@types/node", "undici-types"];

/** A project with the packed archive. Its other packages are links to ours, so no registry is needed. */
let project: string;
let installed: string;

before(async () => {
  project = await mkdtemp(join(tmpdir(), "buddy-integrations-consumer-"));
  installed = join(project, "node_modules/buddy-integrations");
  await mkdir(installed, { recursive: true });
  const packed = await run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", project], {
    cwd: root,
  });
  const archive = packed.stdout.trim();
  await run("tar", ["-xzf", join(project, archive), "-C", installed, "--strip-components=1"]);
  for (const name of PACKAGES) {
    await mkdir(dirname(join(project, "node_modules", name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(project, "node_modules", name));
  }
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
  const docs = await readFile(join(root, "docs/library.md"), "utf8");
  await writeFile(join(project, "library.ts"), /^```ts\n(.*?)^```$/ms.exec(docs)?.[1] ?? "");
});

after(() => rm(project, { recursive: true, force: true }));

test("the example of docs/library.md compiles strictly against the packed archive, and runs from it", async () => {
  await compile("library.ts");
  const { stdout } = await run(process.execPath, ["library.js"], { cwd: project, env: {} });
  const hash = /integration_hash: (\w+)/.exec(stdout)?.[1] ?? "none";
  assert.match(stdout, /^ {2}\+ {3}create {2}web_server {2}VULTR "Web server"/m);
  assert.match(stdout, /^Apply: 1 done\.$/m);
  assert.doesNotMatch(stdout, /the token's value/);
  assert.match(await readFile(join(project, "integrations.lock.yaml"), "utf8"), new RegExp(`hash_id: "?${hash}`));
  assert.deepEqual(
    (await readdir(project)).filter((name) => name.endsWith(".journal")),
    [],
  );
});

test("a consumer can import the entries of the package, and no other file of it", async () => {
  const reach = `
    const outcome = async (name, options) => import(name, options).then(() => "found", ({ code }) => code);
    const json = { with: { type: "json" } };
    console.log(JSON.stringify(await Promise.all([
      outcome("buddy-integrations"),
      outcome("buddy-integrations/emulator"),
      outcome("buddy-integrations/schemas/integrations.schema.json", json),
      outcome("buddy-integrations/schemas/integrations.editor.schema.json", json),
      outcome("buddy-integrations/package.json", json),
      outcome("buddy-integrations/dist/bin.js"),
      outcome("buddy-integrations/types/index.d.ts"),
    ])));
  `;
  await writeFile(join(project, "reach.js"), reach);
  const { stdout } = await run(process.execPath, ["--no-warnings", "reach.js"], { cwd: project });
  const closed = "ERR_PACKAGE_PATH_NOT_EXPORTED";
  assert.deepEqual(JSON.parse(stdout), ["found", "found", "found", "found", "found", closed, closed]);
});

test("the schema line of the documents leads to a file of an installed package", async () => {
  const text = await readFile(join(root, "docs/desired-state.md"), "utf8");
  const [, path = ""] = /`(\.\/node_modules\/buddy-integrations\/\S+)`/.exec(text) ?? [];
  assert.match(path, /\/schemas\/integrations\.editor\.schema\.json$/);
  const schema: unknown = JSON.parse(await readFile(join(project, path), "utf8"));
  assert.ok(typeof schema === "object" && schema !== null && "$id" in schema);
});

test("the type declarations import only files of the archive", async () => {
  const types = join(installed, "dist/types");
  const names = (await readdir(types, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
  assert.ok(names.includes("index.d.ts") && names.includes("emulator/index.d.ts"));
  for (const name of names) {
    const text = await readFile(join(types, name), "utf8");
    assert.ok(!text.includes(root), `${name} holds a path of the machine that built it`);
    for (const [, specifier = ""] of text.matchAll(/(?:from |import\()"([^"]+)"/g)) {
      assert.match(specifier, /^\..*\.js$/, `${name} imports ${specifier}`);
      const target = join(dirname(name), specifier).replace(/\.js$/, ".d.ts");
      assert.ok(names.includes(target), `${name} imports ${target}, which isn't shipped`);
    }
  }
});

async function compile(file: string): Promise<void> {
  const options = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--skipLibCheck", "false"];
  const modern = ["--target", "es2023", "--lib", "es2023", "--module", "nodenext", "--types", "node"];
  // The compiler writes its errors to stdout.
  await run(process.execPath, [tsc, ...options, ...modern, file], { cwd: project }).catch((error: unknown) => {
    assert.fail(error instanceof Error && "stdout" in error ? String(error.stdout) : String(error));
  });
}
