import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { startEmulator, type Emulator, type EmulatorOptions } from "./emulator/index.ts";
import * as library from "./index.ts";

const FILE = `
version: 1
integrations:
  web: { type: VULTR, name: Web, scope: WORKSPACE, token: $TOKEN }
`;

const clock: library.Clock = { now: () => 0, random: () => 0.5, sleep: () => Promise.resolve() };

interface LibraryBench {
  readonly emulator: Emulator;
  readonly target: library.Target;
  readonly records: library.JournalRecord[];
  readonly journal: library.Journal;
  client(token?: string): library.ApiClient;
  plan(options?: Partial<library.PlanOptions>): Promise<library.Planned>;
}

async function libraryBench(t: TestContext, options: EmulatorOptions = {}): Promise<LibraryBench> {
  const emulator = await startEmulator(options);
  t.after(() => emulator.close());
  const target = valueOf(library.workspaceTarget({ api: `${emulator.url}/`, workspace: emulator.workspace }));
  const records: library.JournalRecord[] = [];
  const client = (token = emulator.token): library.ApiClient =>
    valueOf(library.createClient({ target, token, access: "read-write", clock }));
  const desired = valueOf(library.loadIntegrations(FILE, { variables: { TOKEN: "s3cret-of-tests" } }));
  return {
    emulator,
    target,
    records,
    journal: {
      append: (record) => {
        records.push(record);
        return Promise.resolve({ ok: true, value: undefined });
      },
    },
    client,
    plan: async (given) =>
      valueOf(
        await library.plan({ desired, lockfile: library.EMPTY_LOCKFILE, target, clock, client: client(), ...given }),
      ),
  };
}

function valueOf<T>(result: library.Result<T, readonly library.Diagnostic[]>): T {
  if (result.ok) return result.value;
  return assert.fail(library.renderDiagnostics(result.error, "text", { color: false }));
}

function codesOf(result: library.Result<unknown, readonly library.Diagnostic[]>): string[] {
  return result.ok ? [] : result.error.map(({ code }) => code);
}

test("after an apply, the lockfile has the integration, and the next plan has no change", async (t) => {
  const bench = await libraryBench(t);
  const planned = await bench.plan();
  assert.deepEqual(
    planned.plan.changes.map(({ action }) => action),
    ["create"],
  );
  const heard: string[] = [];
  const onOutcome = ({ kind }: library.Outcome): void => void heard.push(kind);
  const applied = valueOf(
    await library.apply(planned, { client: bench.client(), journal: bench.journal, clock, onOutcome }),
  );
  assert.deepEqual([heard, applied.journal, applied.bugs, applied.tokenRefused], [["done"], [], [], false]);
  const text = library.formatLockfile(applied.lockfile);
  assert.deepEqual(library.readLockfile(text), { ok: true, value: applied.lockfile });
  const again = await bench.plan({ lockfile: applied.lockfile });
  assert.deepEqual(
    again.plan.changes.map(({ action }) => action),
    ["keep"],
  );
});

test("a creation whose answer was lost is found by the journal's records, and isn't sent twice", async (t) => {
  const bench = await libraryBench(t);
  bench.emulator.addFault({ kind: "hang", when: "after", match: { method: "POST" }, times: 1 });
  const client = valueOf(
    library.createClient({
      target: bench.target,
      token: bench.emulator.token,
      access: "read-write",
      fetch: globalThis.fetch,
      clock,
      timeoutMs: 200,
    }),
  );
  const journal: library.Journal = {
    append: async (record) => {
      // The run ends as if it were killed: what follows the creation is not recorded.
      if (record.kind === "end") return { ok: false, error: { code: "EIO", message: "gone" } };
      return bench.journal.append(record);
    },
  };
  await library.apply(await bench.plan(), { client, journal, clock });
  const [begin] = bench.records;
  assert.equal(begin?.kind, "begin");
  const text = bench.records.map(library.encodeJournalRecord).join("");
  const records = library.decodeJournal(text);
  assert.ok(records.ok);
  const planned = await bench.plan({ journal: records.value });
  assert.deepEqual(
    planned.plan.changes.map(({ action }) => action),
    ["adopt", "update"],
  );
  const applied = valueOf(await library.apply(planned, { client: bench.client(), journal: bench.journal, clock }));
  assert.deepEqual(applied.journal, []);
  assert.equal(
    library.workspaceSection(applied.lockfile, bench.target).get("web")?.hashId,
    bench.emulator.stored()[0]?.hash_id,
  );
  assert.equal(bench.emulator.requests.filter(({ method }) => method === "POST").length, 1);
});

test("a plan needs no values; an apply without them fails before any request, with the place of the reference", async (t) => {
  const bench = await libraryBench(t);
  const desired = valueOf(library.loadIntegrations(FILE));
  const planned = await bench.plan({ desired });
  const applied = await library.apply(planned, { client: bench.client(), journal: bench.journal, clock });
  assert.deepEqual(codesOf(applied), ["missing-value"]);
  assert.equal(applied.ok || applied.error[0]?.place?.range.start.line, 4);
  assert.deepEqual(bench.records, []);
});

test("a refused token ends an apply, and the lockfile stays as it was", async (t) => {
  const bench = await libraryBench(t);
  const planned = await bench.plan();
  const client = bench.client("another-token");
  const applied = valueOf(await library.apply(planned, { client, journal: bench.journal, clock }));
  assert.equal(applied.tokenRefused, true);
  assert.deepEqual(applied.lockfile, library.EMPTY_LOCKFILE);
});

test("apply refuses a copy of what plan returned, and a read-only client", async (t) => {
  const bench = await libraryBench(t);
  const planned = await bench.plan();
  const options = { client: bench.client(), journal: bench.journal, clock };
  await assert.rejects(library.apply({ ...planned }, options), /not a copy/);
  const { target, emulator } = bench;
  const common = { target, token: emulator.token, fetch: globalThis.fetch, clock };
  const client = valueOf(library.createClient({ ...common, access: "read-only" }));
  const { bugs, outcomes } = valueOf(await library.apply(planned, { ...options, client }));
  assert.deepEqual([bugs.length, outcomes], [1, []]);
  assert.deepEqual(emulator.stored(), []);
});

test("problems of an input are returned as diagnostics, not thrown", () => {
  assert.equal(library.loadIntegrations("version: 1\nintegrations: { a: { type: VULTR } }\n").ok, false);
  assert.deepEqual(codesOf(library.loadIntegrations(FILE, { variables: { TOKEN: "" } })), ["empty-variable"]);
  assert.equal(library.readLockfile("lockfile_version: 2\n").ok, false);
  assert.deepEqual(codesOf(library.workspaceTarget({})), ["no-workspace"]);
  assert.deepEqual(codesOf(library.workspaceTarget({ api: "http://example.com", workspace: "acme" })), ["wrong-api"]);
  assert.deepEqual(codesOf(library.fingerprintKey("short")), ["weak-key"]);
  const target = { api: "https://api.buddy.works", workspace: "acme" };
  const ports = { fetch: globalThis.fetch, clock, access: "read-only" } as const;
  assert.deepEqual(codesOf(library.createClient({ target, token: "two words", ...ports })), ["wrong-token"]);
});

test("a plan and its outcomes are rendered as text and as a comment, and a plan also as a document", async (t) => {
  const bench = await libraryBench(t);
  const planned = await bench.plan();
  assert.match(library.renderText(planned), /Plan: 1 to create\./);
  assert.match(library.renderMarkdown(planned), /^### Buddy integrations: plan for/m);
  assert.match(library.renderJson(planned.plan), /"plan_format": "2\.0"/);
  const { outcomes } = valueOf(await library.apply(planned, { client: bench.client(), journal: bench.journal, clock }));
  assert.equal(library.renderText({ ...planned, outcomes }), "Apply: 1 done.\n");
  assert.match(library.renderMarkdown({ ...planned, outcomes }), /^### Buddy integrations: apply for/m);
});
