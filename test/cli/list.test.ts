import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "../../src/render/width.ts";
import { block, LOCKFILE } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const WEBSITE = { scope: "PROJECT", project_name: "company-website" };

/** A workspace and a project, each with one locked integration and one that nobody manages. */
async function mixedWorkspace(s: SyncWorkbench): Promise<void> {
  await s.writeIntegrations(block("web"), block("site", WEBSITE));
  assert.equal((await s.apply()).exit, 0);
  const theirs = { type: "SLACK", token: "theirs" };
  await s.byHand("POST", "/integrations", { ...theirs, name: "Chat", identifier: "chat", scope: "WORKSPACE" });
  await s.byHand("POST", "/integrations", { ...theirs, name: "Site chat", identifier: "chat", ...WEBSITE });
}

interface Row {
  readonly status: string;
  readonly key?: string;
  readonly hash_id: string;
  readonly name?: string;
  readonly scope?: string;
  readonly project_name?: string;
}

async function rows(s: SyncWorkbench, ...args: readonly string[]): Promise<readonly Row[]> {
  s.requests();
  const { exit, stdout, stderr } = await s.run(["list", "--format", "json", ...args]);
  assert.equal(exit, 0, stderr);
  assert.ok(s.requests().every((request) => request.startsWith("GET ")));
  return JSON.parse(stdout).integrations;
}

const inWords = ({ status, key, name, scope, project_name: project }: Row): string =>
  [status, key, name, scope, project].filter(Boolean).join(" ");

for (const list of ["new", "old"] as const) {
  test(`list shows everything with its key or as unmanaged, and where it belongs (${list} list)`, async (t) => {
    const s = await syncWorkbench(t, { list });
    await mixedWorkspace(s);
    assert.deepEqual((await rows(s)).map(inWords), [
      "managed web web WORKSPACE",
      "unmanaged Chat WORKSPACE",
      "managed site site PROJECT company-website",
      "unmanaged Site chat PROJECT company-website",
    ]);
    assert.deepEqual((await rows(s, "--unmanaged")).map(inWords), [
      "unmanaged Chat WORKSPACE",
      "unmanaged Site chat PROJECT company-website",
    ]);
    assert.deepEqual((await rows(s, "--type", "vultr", "--project", "company-website")).map(inWords), [
      "managed site site PROJECT company-website",
    ]);
  });
}

test("a type that doesn't exist is an error for list and export; a known type may have no integration", async (t) => {
  const s = await syncWorkbench(t);
  await mixedWorkspace(s);
  for (const [given, hint] of [
    ["vultur", "did you mean VULTR?"],
    ["WORDPRESS9X", "`buddy-integrations explain` lists the types"],
  ] as const) {
    for (const command of ["list", "export"]) {
      const ran = await s.run([command, "--type", given, ...(command === "export" ? ["--out", "more.yaml"] : [])]);
      assert.deepEqual([ran.exit, ran.stdout], [3, ""], ran.stderr);
      assert.match(
        ran.stderr,
        /\[no-match\]: --type \S+: nothing that was read has this type, and it isn't a known one\n/,
      );
      assert.ok(ran.stderr.includes(`hint: ${hint}`), ran.stderr);
    }
  }
  assert.deepEqual(await rows(s, "--type", "sentry"), []);
  // A type that only managed integrations have is known too, though there is nothing of it to export.
  const lock = (await s.read(LOCKFILE)) ?? "";
  await s.write(LOCKFILE, lock.replace("type: VULTR", "type: BRAND_NEW"));
  const managed = await s.run(["export", "--append", "--type", "brand_new"]);
  assert.equal(managed.exit, 3);
  assert.match(managed.stderr, /\[no-match\]: no unmanaged integration matches/);
});

test("if a type doesn't exist and something couldn't be read, list says both", async (t) => {
  const s = await syncWorkbench(t);
  await mixedWorkspace(s);
  const match = { path: "project_name=company-website" };
  s.emulator.addFault({ kind: "reject", status: 403, message: "Access denied", match });
  const ran = await s.run(["list", "--type", "vultur"]);
  assert.equal(ran.exit, 3);
  assert.match(ran.stderr, /\[unreadable-project\][^]*\[no-match\]: --type/);
});

test("list groups by place, and doesn't break keys and hashes on a narrow terminal", async (t) => {
  const s = await syncWorkbench(t);
  await mixedWorkspace(s);
  const wide = await s.run(["list"]);
  const hash = (identifier: string): string => s.stored(identifier).hash_id;
  const chat = s.emulator.stored().find(({ name }) => name === "Chat")?.hash_id ?? "";
  const lines = wide.stdout.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "));
  assert.deepEqual(lines.slice(0, 6), [
    "Workspace",
    "",
    "  KEY  HASH  TYPE  IDENTIFIER  NAME",
    `  web  ${hash("web")}  VULTR  web  web`,
    `  (unmanaged)  ${chat}  SLACK  chat  Chat`,
    "",
  ]);
  assert.match(wide.stderr, /^4 integrations, 2 unmanaged, in the workspace and 2 projects\.\n/);
  let narrow = "";
  const io = { stdout: { isTTY: true, columns: 50, write: (text: string) => (narrow += text) } };
  await s.run(["list"], { io });
  for (const line of narrow.split("\n")) assert.ok(displayWidth(line) <= 50, line);
  for (const { hash_id: hashId } of s.emulator.stored()) assert.match(narrow, new RegExp(` ${hashId} `));
});

test("list shows a missing locked integration as gone, and a former integration with its key", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web"), block("site"));
  await s.apply();
  await s.writeIntegrations(block("web"), block("site", WEBSITE));
  await s.apply(["--allow-replace"]);
  await s.byHand("DELETE", `/integrations/${s.stored("web").hash_id}`);
  assert.deepEqual((await rows(s)).map(({ status, key }) => `${status} ${key}`).toSorted(), [
    "gone web",
    "managed site",
    "superseded site",
  ]);
  const text = await s.run(["list"]);
  assert.match(text.stdout, /^ {2}site \(former\) /m);
  assert.match(text.stdout, /^ {2}web .*\(gone from the workspace\)$/m);
});

test("without a file, list needs only a workspace and a token", async (t) => {
  const s = await syncWorkbench(t);
  await s.byHand("POST", "/integrations", { type: "SLACK", name: "Chat", scope: "WORKSPACE", token: "theirs" });
  assert.deepEqual((await rows(s)).map(inWords), ["unmanaged Chat WORKSPACE"]);
  const named = await s.run(["list", "--file", "other.yaml"]);
  assert.equal(named.exit, 3);
  assert.match(named.stderr, /^error \[missing-file\]: other\.yaml can't be read/);
  const tokenless = await s.run(["list"], { env: { BUDDY_TOKEN: undefined } });
  assert.match(tokenless.stderr, /^error \[no-token\]/);
  assert.equal(tokenless.exit, 3);
});

test("a project that can't be read is an error, and the rest is shown", async (t) => {
  const s = await syncWorkbench(t);
  await mixedWorkspace(s);
  s.emulator.addFault({
    kind: "reject",
    status: 403,
    message: "Access denied",
    match: { path: "project_name=company-website" },
  });
  const { exit, stdout, stderr } = await s.run(["list"]);
  assert.equal(exit, 4);
  assert.match(stdout, /^ {2}web /m);
  assert.match(stderr, /^error \[unreadable-project\]: the list of the project company-website could not be read/m);
});

test("a token that may not list projects reads those that the file names, and says so", async (t) => {
  const s = await syncWorkbench(t);
  await mixedWorkspace(s);
  s.emulator.addFault({ kind: "reject", status: 403, message: "Access denied", match: { path: "/projects?" } });
  const { exit, stdout, stderr } = await s.run(["list"]);
  assert.equal(exit, 0, stderr);
  assert.match(stdout, /^Project company-website$/m);
  assert.match(stderr, /^warning \[unlisted-projects\]/m);
});

test("list refuses an invalid file, and options that don't apply to it", async (t) => {
  const s = await syncWorkbench(t);
  await s.write("integrations.yaml", "version: 1\nintegrations:\n  web: { typo: 1 }\n");
  assert.equal((await s.run(["list"])).exit, 3);
  assert.match((await s.run(["list", "--secrets-file", "x"])).stderr, /unknown option '--secrets-file'/);
});

test("list warns of a duplicate of a locked integration, with both hashes", async (t) => {
  const s = await syncWorkbench(t);
  await mixedWorkspace(s);
  const locked = s.stored("web").hash_id;
  await s.byHand("POST", "/integrations", { type: "VULTR", token: "t", name: "Twin", identifier: "web", ...WEBSITE });
  assert.doesNotMatch((await s.run(["list"])).stderr, /duplicate/);
  await s.byHand("POST", "/integrations", {
    type: "VULTR",
    token: "t",
    name: "Twin",
    identifier: "web",
    scope: "WORKSPACE",
  });
  const twin = s.emulator.stored().find(({ name, scope }) => name === "Twin" && scope === "WORKSPACE")?.hash_id;
  const { exit, stderr } = await s.run(["list"]);
  assert.equal(exit, 0);
  assert.match(stderr, new RegExp(`warning \\[duplicate\\]: web exists more than once: ${twin} beside ${locked}`));
});
