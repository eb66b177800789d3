import assert from "node:assert/strict";
import { test } from "node:test";
import { block } from "../support/desired-file.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const errors = (more: Readonly<Record<string, string>> = {}): string =>
  block("errors", { type: "SENTRY_ENTERPRISE", ...more });

/** The value of `$APP`. The API returns its field. */
const APP = "app-7c1e-value";
const ENV = { env: { APP } };

interface ShowDocument {
  readonly status: string;
  readonly key?: string;
  readonly hash_id?: string;
  readonly candidates?: readonly string[];
  readonly fields: readonly {
    readonly path: string;
    readonly state: string;
    readonly file?: unknown;
    readonly workspace?: unknown;
  }[];
}

async function show(s: SyncWorkbench, name: string): Promise<ShowDocument> {
  s.requests();
  const { exit, stdout, stderr } = await s.run(["show", name, "--format", "json"]);
  assert.equal(exit, 0, stderr);
  assert.ok(s.requests().every((request) => request.startsWith("GET ")));
  return JSON.parse(stdout);
}

const states = ({ fields }: ShowDocument): string[] =>
  fields.filter(({ state }) => state !== "unmanaged").map(({ path, state }) => `${path} ${state}`);

test("show finds an integration by its key, hash and identifier, and shows live values next to the file's", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web", { name: "Web", identifier: "website", note: "Ours" }));
  await s.apply();
  const { hash_id: hashId } = s.stored("website");
  await s.byHand("PATCH", `/integrations/${hashId}`, { name: "Changed by hand" });
  await s.writeIntegrations(block("web", { name: "Web", identifier: "website", note: "Yours" }));
  const shown = await show(s, "web");
  assert.deepEqual([shown.status, shown.key, shown.hash_id], ["managed", "web", hashId]);
  assert.deepEqual(states(shown), ["identifier same", "name drift", "note differs", "token uncompared"]);
  assert.deepEqual(
    shown.fields.filter(({ path }) => ["name", "token"].includes(path)),
    [
      { path: "name", state: "drift", file: "Web", workspace: "Changed by hand" },
      { path: "token", state: "uncompared", file: { $secret: "TOKEN" } },
    ],
  );
  for (const name of [hashId, "website"]) assert.deepEqual(await show(s, name), shown);
  const { stdout } = await s.run(["show", "web"]);
  assert.match(stdout, /^ {2}name: "Web"\n {4}workspace: "Changed by hand" \(changed there since it was last sent\)$/m);
  assert.match(stdout, /^ {2}token: \$TOKEN$/m);
});

test("show says when an integration is new, an orphan, gone or unmanaged", async (t) => {
  const s = await syncWorkbench(t);
  const theirs = { type: "VULTR", scope: "WORKSPACE", token: "theirs" };
  await s.byHand("POST", "/integrations", { ...theirs, name: "Found", identifier: "found" });
  await s.byHand("POST", "/integrations", { ...theirs, name: "Theirs", identifier: "theirs" });
  await s.writeIntegrations(block("found"), block("fresh"), block("old"), block("lost"));
  await s.apply(["--only", "old", "lost"]);
  const lost = s.stored("lost").hash_id;
  await s.byHand("DELETE", `/integrations/${lost}`);
  await s.writeIntegrations(block("found"), block("fresh"), block("lost"));

  const found = await show(s, "found");
  assert.deepEqual([found.status, found.hash_id], ["new", s.stored("found").hash_id]);
  assert.deepEqual(states(found), ["name differs", "token uncompared"]);
  const fresh = await show(s, "fresh");
  assert.deepEqual([fresh.status, fresh.hash_id], ["new", undefined]);
  assert.deepEqual((await show(s, "old")).status, "orphan");
  const gone = await show(s, "lost");
  assert.deepEqual([gone.status, gone.hash_id], ["gone", lost]);
  const unmanaged = await show(s, "theirs");
  assert.deepEqual([unmanaged.status, unmanaged.key], ["unmanaged", undefined]);
  assert.deepEqual(await show(s, s.stored("theirs").hash_id), unmanaged);
});

test("an identifier of several integrations is refused with their hashes, and a key with several matches lists them", async (t) => {
  const s = await syncWorkbench(t);
  const theirs = { type: "VULTR", name: "A", identifier: "twice", scope: "WORKSPACE", token: "theirs" };
  await s.byHand("POST", "/integrations", theirs);
  await s.byHand("POST", "/integrations", theirs);
  const hashes = s.emulator.stored().map(({ hash_id: hashId }) => hashId);
  const several = await s.run(["show", "twice"]);
  assert.equal(several.exit, 3);
  assert.match(several.stderr, /^error \[several-matches\]/);
  for (const hash of hashes) assert.match(several.stderr, new RegExp(hash));
  await s.writeIntegrations(block("twice"));
  const { status, candidates } = await show(s, "twice");
  assert.deepEqual([status, candidates?.toSorted()], ["new", hashes.toSorted()]);
});

test("an unknown name is an error that says where to look", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web"));
  for (const name of ["nothing", "abcdef0123456789abcdef01", "constructor"]) {
    const { exit, stdout, stderr } = await s.run(["show", name]);
    assert.deepEqual([exit, stdout], [3, ""]);
    assert.match(stderr, /^error \[not-found\]: no key, hash or identifier is `.*`\n {2}hint: `list` shows/);
  }
});

test("show never prints the live value of a field that came from a reference, whatever the file says now", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(errors({ host_url: "$APP" }));
  await s.run(["apply", "--yes"], ENV);
  assert.equal(s.stored("errors")["host_url"], APP);
  const seen: string[] = [];
  const look = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) {
      for (const format of ["text", "json"]) {
        const { exit, stdout, stderr } = await s.run(["show", name, "--format", format]);
        assert.equal(exit, 0, stderr);
        seen.push(stdout + stderr);
      }
    }
  };
  const former = s.stored("errors").hash_id;
  await look("errors", former);
  await s.writeIntegrations(errors({ host_url: "literal" }));
  await look("errors");
  await s.writeIntegrations(errors());
  await look("errors");
  await s.writeIntegrations(block("web"));
  await look("errors");
  // A former integration: the entry of its key belongs to the new one.
  await s.writeIntegrations(errors({ scope: "PROJECT", project_name: "company-website", host_url: "other" }));
  assert.equal((await s.run(["apply", "--yes", "--allow-replace", "--max-deletions", "5"], ENV)).exit, 0);
  assert.equal((await show(s, former)).status, "superseded");
  await look(former);
  for (const text of seen) assert.doesNotMatch(text, new RegExp(APP));
});

test("show marks references whose values were recorded with --assume-sent", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web"), block("site"));
  await s.apply();
  const assumed = await s.run(["apply", "--yes", "--assume-sent", "web"], { env: { TOKEN: "set by hand" } });
  assert.equal(assumed.exit, 0, assumed.stderr);
  const token = async (key: string): Promise<unknown> =>
    (await show(s, key)).fields.find(({ path }) => path === "token");
  const row = { path: "token", state: "uncompared", file: { $secret: "TOKEN" } };
  assert.deepEqual(await token("web"), { ...row, assumed: true });
  assert.deepEqual(await token("site"), row);
  assert.match((await s.run(["show", "web"])).stdout, /^ {2}token: \$TOKEN \(assumed to be the live value\)$/m);
});

test("on a terminal of 80 columns no line of show is longer", async (t) => {
  const s = await syncWorkbench(t);
  await s.writeIntegrations(block("web", { note: `"${"a long note ".repeat(20)}"` }));
  await s.apply();
  let text = "";
  const io = { stdout: { isTTY: true, columns: 80, write: (more: string) => (text += more) } };
  await s.run(["show", "web"], { io });
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
});
