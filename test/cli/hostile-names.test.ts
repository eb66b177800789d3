import assert from "node:assert/strict";
import { test } from "node:test";
import { syncWorkbench } from "../support/sync-workbench.ts";
import { workbench } from "../support/workbench.ts";

const NAMES = ["constructor", "hasOwnProperty", "toString", "valueOf"];
const BLOCKS = NAMES.map(
  (name) =>
    `${name}: { type: SLACK, name: ${name}, scope: WORKSPACE, username: $${name}, extra: { ${name}: { ${name}: $TOKEN } } }`,
);

test("integrations, fields and variables may have the names of object methods", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(...BLOCKS);
  const env = Object.fromEntries(NAMES.map((name) => [name, `value of ${name}`]));
  const applied = await s.apply([], { env });
  assert.deepEqual([applied.exit, applied.outcomes], [0, NAMES.map((name) => `done create ${name}`)]);
  const again = await s.plan(["--resend", "toString.extra.toString"], { env });
  assert.deepEqual([again.exit, again.changes], [0, ["update toString extra.toString:resend"]]);
  for (const name of NAMES) {
    const { exit, stdout } = await s.run(["refs", "--key", name]);
    assert.deepEqual([exit, stdout], [0, `${s.stored(name).hash_id}\n`]);
  }
  assert.deepEqual((await s.plan()).changes, []);
});

test("a glob that would be slow as a regular expression is fast", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(`${"a".repeat(200)}: { type: VULTR, name: A, scope: WORKSPACE, token: $TOKEN }`);
  assert.deepEqual((await s.plan(["--only", `${"*a".repeat(60)}*b*`])).codes, ["no-match"]);
  assert.equal((await s.plan(["--only", "*a*a*a*"])).exit, 0);
});

test("an unusable host in the lockfile is an error or is ignored, in every command", async (t) => {
  const bench = await workbench(t);
  await bench.write("buddy.yml", "- pipeline: P\n  actions:\n    - action: A\n      integration_hash: a\n");
  const file = "version: 1\nintegrations:\n  a: { type: VULTR, name: A, scope: WORKSPACE, token: $TOKEN }\n";
  await bench.write("integrations.yaml", file);
  const hosts = [
    "http://[",
    "https://user:pw@x",
    "ftp://x",
    "x",
    "https://x?y",
    "constructor",
    "__proto__",
    "https://%",
  ];
  for (const host of hosts) {
    for (const workspace of ["w", "%", "..", "constructor", bench.emulator.workspace]) {
      const section = JSON.stringify(`${host}/workspaces/${workspace}`);
      const entry = "a: { hash_id: NLVaDzgp6W2qJljaQlJOoYdmZ3, type: VULTR, last_sent: {} }";
      const lock = `lockfile_version: 2\nworkspaces:\n  ${section}:\n    integrations:\n      ${entry}\n`;
      await bench.write("integrations.lock.yaml", lock);
      for (const args of [
        ["refs"],
        ["refs", "--check"],
        ["refs", "--usages"],
        ["refs", "--write", "--dry-run"],
        ["sync", "--plan"],
        ["sync", "--plan", "--offline"],
        ["import", "b", "NLVaDzgp6W2qJljaQlJOoYdmZ3"],
        ["refs", "--check", "--workspace", workspace],
      ]) {
        for (const env of [{}, { BUDDY_TOKEN: undefined }]) {
          const { exit, stderr } = await bench.run(args, { env });
          assert.notEqual(exit, 1, `${args.join(" ")} with ${section}: ${stderr}`);
        }
      }
    }
  }
});

test("keys, variables, options and environments with names of object members cause no crash", async (t) => {
  for (const name of [...NAMES, "__proto__", "prototype", "isPrototypeOf"]) {
    const bench = await workbench(t);
    const runs: (readonly string[])[] = [
      ["validate", name],
      ["validate", "--format", name],
      ["sync", "--plan", "--only", name, "--resend", `${name}.${name}`],
      ["sync", "--plan", "--file", name, "--lockfile", name, "--secrets-file", name, "--as-is", name],
      ["sync", "--plan", "--workspace", name],
      ["sync", "--plan", "--expect", name],
      ["sync", "--apply"],
      ["refs", "--key", name],
      ["refs", "--check", name],
      ["import", name, "NLVaDzgp6W2qJljaQlJOoYdmZ3"],
      ["emulate", "--fault", name],
      [name],
    ];
    const levels = [
      `version: 1\n${name}: 1\nintegrations: {}\n`,
      `version: 1\ndefaults: { ${name}: 1 }\nintegrations: {}\n`,
      `version: 1\nintegrations:\n  ${name}: { type: ${name}, name: ${name}, scope: ${name}, ${name}: $${name} }\n`,
      `version: 1\nintegrations:\n  a: { type: SENTRY, name: A, scope: PROJECT, project_name: ${name}, identifier: ${name}, token: $${name}, permissions: { ${name}: 1, admins: ${name}, users: [{ ${name}: 1 }] } }\n`,
      `version: 1\nintegrations:\n  a: { type: SENTRY, name: A, scope: WORKSPACE, token: $${name}, permissions: { users: [{ email: ${name}, access_level: MANAGE }], groups: [{ name: ${name}, access_level: MANAGE }] }, allowed_pipelines: [{ project: ${name}, pipeline: ${name} }], lifecycle: { ${name}: 1 } }\n`,
      `version: 1\nintegrations:\n  a: { type: AMAZON, name: A, scope: WORKSPACE, auth_type: ${name}, role_assumptions: [{ ${name}: $${name} }], extra: { ${name}: { ${name}: [{ ${name}: $${name} }] } } }\n`,
      `version: 1\nintegrations: { a: &${name.replaceAll("_", "x")} { ${name}: 1 }, b: { <<: *${name.replaceAll("_", "x")} } }\n`,
    ];
    for (const text of levels) {
      await bench.write("integrations.yaml", text);
      for (const args of runs) {
        const { exit, stderr } = await bench.run(args, {
          env: { [name]: "some value", BUDDY_INTEGRATIONS_VARIABLES: `* ${name}`, [`${name}_FILE`]: name },
        });
        assert.notEqual(exit, 1, `${args.join(" ")} with ${text}: ${stderr}`);
      }
    }
  }
});
