import assert from "node:assert/strict";
import { readFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isRecord } from "../../src/model/json.ts";
import { ASSUMPTIONS } from "../../src/probe/assumptions/all.ts";
import { ProbeFacts } from "../../src/probe/facts.ts";
import { probeRows } from "../../src/probe/probe-rows.ts";
import { renderProbeTable } from "../../src/render/probe-table.ts";
import { assertExamples } from "../support/golden.ts";
import { changedFetch, jumpingClock, PROBED_PROJECT, probeBench, type ServerChange } from "../support/probe-bench.ts";
import { DIFFERENCES, type JsonMap } from "../support/probe-differences.ts";
import { root } from "../support/root.ts";
import { runOnTerminal, workbench } from "../support/workbench.ts";

const CANARY = "zqcanary";

/** A workspace whose names, addresses and numbers can all be recognised in an output. */
const SEED = [
  `users: [{ id: 71717171, name: ${CANARY}person, email: ${CANARY}@example.com }]`,
  `tokens: [{ name: ${CANARY}token, token: ${CANARY}secret, user: 71717171, scopes: all }]`,
  "workspaces:",
  `  ${CANARY}-company:`,
  "    id: 1",
  `    members: [{ id: 71717171, name: ${CANARY}person, email: ${CANARY}@example.com, owner: true }]`,
  `    groups: [{ id: 1, name: ${CANARY}group }]`,
  `    projects: { ${CANARY}-project: { display_name: ${CANARY} } }`,
  "    integrations:",
  `      - { type: AMAZON, name: ${CANARY}amazon, identifier: ${CANARY}_aws, access_key: a, secret_key: b }`,
  `links: { api: https://${CANARY}.example, app: https://app.${CANARY}.example }`,
].join("\n");

/** Servers that repeat what they know in every part of a response. */
const TALKATIVE: Readonly<Record<string, ServerChange>> = {
  "as it is": {},
  "with names as names of fields": {
    after: (call, answer) => {
      if (answer.status >= 300) return;
      const marked = (item: JsonMap): JsonMap => ({
        ...item,
        [`${CANARY}project`]: 1,
        [CANARY]: CANARY,
        name_of_project: CANARY,
      });
      const { integrations } = answer.json;
      answer.json = Array.isArray(integrations)
        ? { ...answer.json, integrations: integrations.filter(isRecord).map(marked) }
        : marked(answer.json);
    },
  },
  "with the request in each refusal": {
    after: (call, answer) => {
      if (answer.status >= 400)
        answer.json = { errors: [{ message: `${CANARY}: ${JSON.stringify(call.body)}` }], [CANARY]: CANARY };
    },
  },
  "with its names as values of everything": {
    after: ({ method }, answer) => {
      if (method !== "PATCH" || answer.status >= 300) return;
      answer.json = {
        ...answer.json,
        type: CANARY,
        scope: CANARY,
        auth_type: CANARY,
        identifier: CANARY,
        note: CANARY,
      };
    },
  },
  "with its names as scopes": {
    after: ({ path }, answer) => {
      if (path.endsWith("/user/token")) answer.json = { scopes: [CANARY, "INTEGRATION_MANAGE", "INTEGRATION_WRITE"] };
    },
  },
};

for (const [name, change] of Object.entries(TALKATIVE)) {
  test(`the document for an issue holds nothing of the workspace: a server ${name}`, async (t) => {
    const dir = await mkdtemp(join(tmpdir(), "buddy-probe-"));
    t.after(() => rm(dir, { recursive: true, force: true }));
    await writeFile(join(dir, "seed.yaml"), SEED);
    const bench = await workbench(t, { seed: join(dir, "seed.yaml") });
    const seen = new Set<string>();
    const fetch = changedFetch({
      ...change,
      after: async (call, answer, ask) => {
        await change.after?.(call, answer, ask);
        const view = answer.json;
        for (const field of ["hash_id", "name", "identifier"])
          if (typeof view[field] === "string") seen.add(view[field]);
        for (const [field, value] of Object.entries(call.body))
          if (["token", "secret_key", "access_key", "name", "identifier"].includes(field)) seen.add(String(value));
      },
    });
    const ran = await bench.run(["doctor", "--probe", "--project", `${CANARY}-project`, "--yes", "--format", "json"], {
      io: { ...jumpingClock(), fetch },
    });
    assert.ok(seen.size > 20, ran.stderr);
    const { hostname, port } = new URL(bench.emulator.url);
    for (const value of [...seen, CANARY, hostname, port, "71717171"].filter((each) => each.length > 4)) {
      assert.ok(!ran.stdout.includes(value), `the document holds ${value}`);
    }
    const document: { readonly rows: readonly JsonMap[] } = JSON.parse(ran.stdout);
    assert.equal(document.rows.length, ASSUMPTIONS.length);
  });
}

test("every row has the assumption, its source and the observation; a row that differs also says what that means and what to do", async (t) => {
  const bench = await probeBench(t, { list: "old" });
  const ran = await bench.probe();
  const document: JsonMap & { readonly rows: readonly JsonMap[] } = JSON.parse(ran.stdout);
  assert.deepEqual(Object.keys(document), ["probe_format", "version", "node", "stopped", "left", "rows"]);
  for (const row of document.rows) {
    const more = row["result"] === "differs" ? ["means", "todo"] : [];
    assert.deepEqual(Object.keys(row), ["id", "assumed", "source", "sure", "result", "seen", ...more]);
    for (const value of Object.values(row)) assert.ok(typeof value === "string" && value !== "");
  }
  assert.match(ran.stderr, /42 assumptions: 38 as assumed, 4 differ\nPlease report what differs: paste this document/);
});

test("the table fits into 80 columns, on a terminal and in a file", async (t) => {
  const bench = await probeBench(t, { list: "old" });
  const args = ["doctor", "--probe", "--project", PROBED_PROJECT, "--yes"];
  const env = {
    BUDDY_BASE_URL: bench.emulator.url,
    BUDDY_TOKEN: bench.emulator.token,
    BUDDY_WORKSPACE: bench.emulator.workspace,
  };
  const shown = await runOnTerminal(args, bench.dir, { env, io: jumpingClock() });
  const written = await bench.run(args, { io: jumpingClock() });
  assert.equal(shown.stdout, written.stdout);
  for (const line of shown.stdout.split("\n")) assert.ok(line.length <= 80, line);
  assert.match(
    shown.stdout,
    /^differs {5}list-without-project\n( {12}.*\n)+? {12}Seen: a project's integration is in it\n {12}Means: (.*\n {12})+?To do: Nothing/m,
  );
});

test("docs/emulator.md has the same assumptions as the probe, row by row", async () => {
  const file = new URL("docs/emulator.md", root);
  const text = await readFile(file, "utf8");
  const [before, table = "", after] = text.split(/<!-- (?:end of )?assumptions -->/);
  const wanted = ASSUMPTIONS.map(({ id, assumed, source, sure }) => [
    `\`${id}\``,
    assumed,
    `${source} [${sure}]`,
    switchOf(id),
  ]);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    const lines = [["row", "what is assumed", "source", "switch"], ["-", "-", "-", "-"], ...wanted];
    const rows = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
    await writeFile(file, `${before}<!-- assumptions -->\n\n${rows}\n\n<!-- end of assumptions -->${after}`);
    return;
  }
  const rows = table
    .trim()
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  assert.deepEqual(rows, wanted, "docs/emulator.md; UPDATE_GOLDEN=1 and `npm run format:write` update it");
});

test("docs/probe.md shows the real output", () => {
  const facts = new ProbeFacts();
  facts.measure("deletion", 1400);
  const rows = probeRows(facts).filter(({ result }) => result === "differs");
  assertExamples("probe.md", new Map([["differs", renderProbeTable(rows)]]));
});

/** The emulator's flag that makes a row differ, if there is one. */
function switchOf(id: string): string {
  const found = DIFFERENCES.filter(({ rows, emulator }) => emulator !== undefined && rows.includes(id));
  const [only] = found.toSorted((a, b) => a.rows.length - b.rows.length);
  const [[name, value] = []] = Object.entries(only?.emulator ?? {});
  const FLAGS: Readonly<Record<string, string>> = {
    list: "--list",
    unique: "--unique",
    identifiers: "--identifiers",
    lagMs: "--lag",
  };
  if (name === undefined) return "";
  const flag = FLAGS[name];
  assert.ok(flag, `the flag of ${name}`);
  return `\`${flag} ${String(value)}\``;
}
