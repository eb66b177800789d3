import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { test } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import { programArguments } from "../support/kill/program.ts";

/** A device where every write fails, like a full disk. */
const FULL = "/dev/full";

test("a result that can't be written is an error, not a success", { skip: !existsSync(FULL) }, () => {
  const full = openSync(FULL, "w");
  const { status, stderr } = spawnSync(process.execPath, programArguments(["--version"]), {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  assert.equal(status, 3);
  assert.match(stderr, /^error: the result can't be written: ENOSPC/);
});

/** A module that makes Node.js report an older version. */
const oldNode = (version: string): URL =>
  new URL(
    `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`,
  );

test("a Node.js that is too old gets one line that says so, and exit 3", () => {
  for (const version of ["12.22.12", "18.20.8", "20.18.3"]) {
    const args = programArguments(["sync", "--plan", "--format", "json"], [oldNode(version)]);
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    const least = packageJson.engines.node.replace(/^>=(\d+\.\d+)\.0$/, "$1");
    const expected = `error: buddy-integrations needs Node.js ${least} or newer, and this is ${version}\n`;
    assert.deepEqual([status, stdout, stderr], [3, "", expected]);
  }
  for (const version of ["20.19.0", "22.0.0", "100.1.0"]) {
    const args = programArguments(["--version"], [oldNode(version)]);
    assert.equal(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout, `${packageJson.version}\n`);
  }
});

test("the part of the program that an old Node.js reads uses old syntax", () => {
  const [bin = ""] = programArguments([]);
  const text = readFileSync(bin, "utf8");
  assert.doesNotMatch(text, /\?\?|\?\.|#\w|\bawait\b|\bwith \{|\bstatic\b/, text);
  const imported = [...text.matchAll(/^import .* from "([^"]+)";/gm)].map(([, name]) => name);
  assert.deepEqual(imported, ["node:module"]);
});
