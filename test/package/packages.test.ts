import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { test } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import packageLock from "../../package-lock.json" with { type: "json" };
import { root } from "../support/root.ts";

const dist = new URL("dist/", root);

async function builtTexts(): Promise<string> {
  const names = (await readdir(dist)).filter((name) => name.endsWith(".js"));
  return (await Promise.all(names.map((name) => readFile(new URL(name, dist), "utf8")))).join("\n");
}

test("the dependencies are exactly the packages that are loaded at run time", async () => {
  const loaded = [
    ...(await builtTexts()).matchAll(/(?:\bfrom |\bimport\(|\bimport |\brequire\()"([@a-z][\w./:@-]*)"/g),
  ];
  const packages = new Set(loaded.flatMap(([, name = ""]) => (isBuiltin(name) ? [] : [name])));
  assert.deepEqual([...packages], Object.keys(packageJson.dependencies));
});

test("dist has the licence of every package whose code is in it", async () => {
  const comments = (await builtTexts()).matchAll(/^\/\/ (?:.*\/)?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm);
  const bundled = new Set([...comments].map(([, name = ""]) => name));
  assert.ok(bundled.size > 5, "esbuild names the files that it puts together");
  const text = await readFile(new URL("THIRD-PARTY-LICENCES.txt", dist), "utf8");
  for (const name of bundled) assert.match(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"), name);
  assert.ok(packageJson.files.includes("dist"));
});

test("every package of package-lock.json has an integrity hash", () => {
  const packages = Object.entries(packageLock.packages).filter(([path]) => path !== "");
  const without = packages.filter(([, about]) => !("integrity" in about) || !about.integrity?.startsWith("sha512-"));
  assert.deepEqual(
    without.map(([path]) => path),
    [],
  );
});

test("an installation adds only one other package", () => {
  const packages = Object.entries(packageLock.packages).filter(([path, about]) => path !== "" && !("dev" in about));
  assert.deepEqual(
    packages.map(([path]) => path),
    ["node_modules/undici"],
  );
});
