import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const WEB = block("web", { name: "Web" });
const GOOD = `version: 1\nintegrations:\n  ${WEB}\n`;

/** Asserts that plan and apply send no request, write nothing, exit with 3, and report these codes. */
async function assertInputRefused(
  s: SyncWorkbench,
  codes: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  s.requests();
  const lock = await s.read("integrations.lock.yaml");
  const plan = await s.plan([], { env });
  const apply = await s.apply([], { env });
  assert.deepEqual([plan.exit, plan.codes], [3, codes]);
  assert.deepEqual([apply.exit, apply.codes], [3, codes]);
  assert.deepEqual(s.requests(), []);
  assert.equal(await s.read("integrations.lock.yaml"), lock);
  const text = await s.run(["sync", "--apply"], { env });
  assert.deepEqual([text.exit, text.stdout], [3, ""]);
  for (const code of codes) assert.ok(text.stderr.includes(` [${code}]: `), text.stderr);
  return text.stderr;
}

const BOMB = `version: 1
x-a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]
x-b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
x-c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
x-d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
x-e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
x-f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
x-g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]
integrations: { web: { type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN, extra: { bomb: *g } } }
`;

const FILES: readonly [string, string | Uint8Array, readonly string[]][] = [
  ["is empty", "", ["empty-file"]],
  ["indents with tabs", "version: 1\nintegrations:\n\tweb: {}\n", ["syntax"]],
  ["has a key twice", `${GOOD}  ${WEB}\n`, ["duplicate-key"]],
  [
    "has __proto__",
    `${GOOD}  __proto__: { type: VULTR, name: x, scope: WORKSPACE, token: $TOKEN }\n`,
    ["forbidden-key"],
  ],
  ["holds an alias bomb", BOMB, Array(12).fill("alias-explosion")],
  ["has several documents", `${GOOD}---\n${GOOD}`, ["several-documents"]],
  ["has 11 MiB", `${GOOD}${"# comment\n".repeat(1_153_434)}`, ["too-large"]],
  ["isn't UTF-8", Buffer.concat([Buffer.from(GOOD), Buffer.from([0xff, 0xfe, 0x0a])]), ["not-utf8"]],
  ["isn't a map", "- a\n- b\n", ["not-a-map"]],
  ["has nothing in `integrations:`", "version: 1\nintegrations:\n", ["no-integrations"]],
];

for (const [what, text, codes] of FILES) {
  test(`a file that ${what} gives a diagnostic and exit 3, and nothing is requested or written`, async (t) => {
    const s = await syncWorkbench(t);
    await writeFile(join(s.dir, "integrations.yaml"), text);
    await assertInputRefused(s, codes);
  });
}

test("a missing file and a folder in its place are reported", async (t) => {
  const s = await syncWorkbench(t);
  assert.match(
    await assertInputRefused(s, ["missing-file"]),
    /integrations\.yaml can't be read: no such file or directory/,
  );
  await mkdir(join(s.dir, "integrations.yaml"));
  assert.match(await assertInputRefused(s, ["missing-file"]), /integrations\.yaml can't be read: it is a folder/);
});

test("all wrong types are reported at once, each with its place", async (t) => {
  const s = await syncWorkbench(t);
  await s.write(
    "integrations.yaml",
    [
      "version: one",
      "workspace: [my-company]",
      "integrations:",
      "  a: 5",
      "  b: { type: [VULTR], name: {}, scope: 7, token: $TOKEN }",
      "  c: { type: VULTR, name: C, scope: WORKSPACE, token: $TOKEN, allowed_pipelines: 5, permissions: yes }",
      "  d: { type: VULTR, name: D, scope: WORKSPACE, token: $TOKEN, lifecycle: [protect] }",
      "",
    ].join("\n"),
  );
  const plan = await s.plan();
  assert.equal(plan.exit, 3);
  assert.deepEqual([...new Set(plan.report.diagnostics.map(({ start }) => start?.line))], [1, 2, 4, 5, 6, 7]);
  assert.ok(plan.report.diagnostics.every(({ file, hint }) => file === "integrations.yaml" && hint !== ""));
});

test("a literal in a secret field is refused, and never shown", async (t) => {
  const s = await syncWorkbench(t);
  const canary = "canary-c0ffee";
  for (const literal of [
    canary,
    `"${canary}"`,
    `[${canary}]`,
    `{ ${canary}: ${canary} }`,
    `{${canary}}`,
    `{{ ${canary} }}`,
    `!${canary} x`,
    `*${canary}`,
    `{ <<: ${canary} }`,
    `[{ a: { ${canary}: 1 } }]`,
    `"$ ${canary}"`,
  ]) {
    await s.writeIntegrations(WEB.replace("$TOKEN", literal));
    for (const format of ["text", "json", "markdown", "github"]) {
      const run = await s.run(["sync", "--plan", "--format", format]);
      assert.equal(run.exit, 3);
      assert.doesNotMatch(run.stdout + run.stderr, new RegExp(canary));
    }
  }
});

test("all values that must be sent and aren't set are reported before the first write, at their places", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(
    WEB.replace("$TOKEN", "$NOT_SET"),
    "db: { type: VULTR, name: Db, scope: WORKSPACE, token: $NEITHER }",
  );
  assert.equal((await s.plan()).exit, 0);
  s.requests();
  const apply = await s.apply();
  assert.deepEqual(
    [apply.exit, apply.report.diagnostics.map(({ code, message, start }) => [code, message, start?.line])],
    [
      3,
      [
        ["missing-value", "$NOT_SET is not set, and web needs it", 3],
        ["missing-value", "$NEITHER is not set, and db needs it", 4],
      ],
    ],
  );
  assert.ok(s.requests().every((request) => request.startsWith("GET ")));
  assert.equal(await s.read("integrations.lock.yaml"), undefined);
});

test("an empty variable is an error, in a plan too", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(WEB);
  assert.match(await assertInputRefused(s, ["empty-variable"], { TOKEN: "" }), /\$TOKEN/);
});

const SECTION = "  https://api.buddy.works/workspaces/my-company:\n    integrations:\n";
const LOCKS: readonly [string, string, string][] = [
  ["isn't YAML", "lockfile_version: 2\nworkspaces: [\n", "lock-damaged"],
  ["is empty", "", "lock-damaged"],
  ["has no version", "workspaces: {}\n", "lock-damaged"],
  ["is of a newer version", "lockfile_version: 3\nworkspaces: {}\n", "lock-newer"],
  ["is of an older version", "lockfile_version: 1\nworkspaces: {}\n", "lock-older"],
  [
    "holds conflict markers",
    "lockfile_version: 2\n<<<<<<< HEAD\nworkspaces: {}\n=======\n>>>>>>> x\n",
    "lock-conflict",
  ],
  ["has an entry that it can't have", "lockfile_version: 2\nworkspaces: {}\nmore: 1\n", "lock-damaged"],
  [
    "has a hash that isn't one",
    `lockfile_version: 2\nworkspaces:\n${SECTION}      a: { hash_id: "../x", type: A }\n`,
    "lock-damaged",
  ],
  [
    "has one hash under two keys",
    `lockfile_version: 2\nworkspaces:\n${SECTION}      a: { hash_id: abc, type: A }\n      b: { hash_id: abc, type: A }\n`,
    "lock-damaged",
  ],
  [
    "is of this workspace on another host",
    `lockfile_version: 2\nworkspaces:\n${SECTION}      a: { hash_id: abc, type: A }\n`,
    "lock-other-host",
  ],
];

for (const [what, text, code] of LOCKS) {
  test(`a lockfile that ${what} is refused with exit 3 and left alone`, async (t) => {
    const s = await syncWorkbench(t);
    await s.writeIntegrations(WEB);
    await s.write("integrations.lock.yaml", text);
    const plan = await s.plan();
    assert.deepEqual([plan.exit, [...new Set(plan.codes)]], [3, [code]]);
    assert.equal((await s.apply()).exit, 3);
    assert.deepEqual([await s.read("integrations.lock.yaml"), s.requests()], [text, []]);
  });
}

test("every problem of the file, the settings and the lockfile is reported at once, in every format", async (t) => {
  const s = await syncWorkbench(t);
  await s.write("integrations.yaml", "version: 1\nworkspace: other-company\nintegrations: {}\n");
  await s.write("integrations.lock.yaml", "lockfile_version: 7\n");
  const env = { BUDDY_INTEGRATIONS_KEY: "short" };
  const codes = ["target-disagrees", "weak-key", "lock-newer"];
  await assertInputRefused(s, codes, env);
  const github = await s.run(["sync", "--plan", "--format", "github"], { env });
  assert.deepEqual(
    github.stdout
      .trimEnd()
      .split("\n")
      .map((line) => /^::error .*title=([\w-]+)::/.exec(line)?.[1]),
    codes,
  );
  const markdown = await s.run(["sync", "--plan", "--format", "markdown"], { env });
  for (const code of codes)
    assert.ok(markdown.stdout.includes(` [${code}]: `) && markdown.stderr.includes(` [${code}]: `));
});
