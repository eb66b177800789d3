import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { test } from "node:test";
import { programArguments } from "../support/kill/program.ts";

/** A device on which every write fails as on a full disk. */
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
