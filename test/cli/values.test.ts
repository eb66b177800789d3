import assert from "node:assert/strict";
import { test } from "node:test";
import { syncWorkbench } from "../support/sync-workbench.ts";

const A = "a: { type: VULTR, name: A, scope: WORKSPACE, token: $T }";
const B = "b: { type: VULTR, name: B, scope: WORKSPACE, token: $U }";

test("a placeholder of a secret manager is never sent, unless --as-is allows it", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(A);
  await s.apply([], { env: { T: "good" } });
  const value = "ENC[AES256_GCM,data:q2FtcGxl,iv:AAAA,tag:BBBB,type:str]";
  await s.write("secrets.enc.env", `T=${value}\nsops_mac=${value}\nsops_version=3.9.0\n`);
  s.requests();
  const args = ["--secrets-file", "secrets.enc.env"];
  for (const run of [await s.plan(args), await s.apply(args)]) {
    assert.deepEqual([run.exit, run.codes], [3, ["unresolved-placeholder"]]);
    assert.match(run.report.diagnostics[0]?.message ?? "", /^`a\.token`: \$T holds a placeholder \(ENC\[…\]\)/);
    assert.match(run.report.diagnostics[0]?.hint ?? "", /SOPS .*--as-is T/);
  }
  assert.deepEqual(s.requests(), []);
  assert.deepEqual((await s.apply([...args, "--as-is", "OTHER"])).codes, ["no-match", "unresolved-placeholder"]);
  assert.equal((await s.apply([...args, "--as-is", "T"])).exit, 0);
  assert.equal(s.stored("a")["token"], value);
});

test("white space around a value of one line gives a warning, and is sent", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(A);
  const applied = await s.apply([], { env: { T: "x1234\n" } });
  assert.deepEqual([applied.exit, applied.codes], [0, ["surrounding-space"]]);
  assert.deepEqual(
    applied.report.diagnostics.map(({ severity, message, start }) => [severity, message, start?.line]),
    [["warning", "`a.token`: $T ends with a line end", 3]],
  );
  assert.equal(s.stored("a")["token"], "x1234\n");
});

test("text in a secrets file that other tools read differently is an error at its place", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(A, B);
  const text = String.raw`T="{\"a\": 1}"${"\n"}U="C:\\new"${"\n"}X="\"nobody's\""${"\n"}`;
  await s.write("secrets.env", text);
  const { exit, report } = await s.apply(["--secrets-file", "secrets.env"]);
  assert.equal(exit, 3);
  assert.deepEqual(
    report.diagnostics.map(({ code, file, start }) => [code, file, start?.line, start?.column]),
    [
      ["ambiguous-escape", "secrets.env", 1, 5],
      ["ambiguous-escape", "secrets.env", 2, 6],
    ],
  );
  await s.write("secrets.env", String.raw`T='{"a": 1}'${"\n"}U='C:\new'${"\n"}`);
  assert.equal((await s.apply(["--secrets-file", "secrets.env"])).exit, 0);
  assert.deepEqual([s.stored("a")["token"], s.stored("b")["token"]], ['{"a": 1}', String.raw`C:\new`]);
});
