import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { exitCode } from "../../src/exit.ts";
import { codeEntry, diagnosticCodes } from "../../src/model/diagnostic-catalog.ts";
import { block, fileOf } from "../support/desired-file.ts";
import { root } from "../support/root.ts";
import { workbench } from "../support/workbench.ts";

const file = fileURLToPath(new URL("docs/reference.md", root));
const page = readFileSync(file, "utf8");

test("docs/reference.md lists every exit code", () => {
  const reasons = ["bug", "SIGINT", "SIGTERM", "invalid", "auth", "stale", "failed", "refused", "changes"] as const;
  const codes = [0, ...reasons.map((reason) => exitCode([reason]))];
  const listed = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(
    listed,
    codes.toSorted((one, other) => one - other),
  );
  const [, precedence = ""] = /the first of ([\d, ]+) wins/.exec(page) ?? [];
  const isFirst = precedence.split(", ").map(Number);
  for (const one of reasons)
    for (const other of reasons) {
      const [before, after] = [one, other].map((reason) => isFirst.indexOf(exitCode([reason])));
      const winner = (before ?? 0) < (after ?? 0) ? one : other;
      assert.equal(exitCode([one, other]), exitCode([winner]), `${one} and ${other}`);
    }
});

/** The variable that the file of the test refers to. */
const REFERENCE = "TOKEN";

test("docs/reference.md lists every variable that a command reads", async (t) => {
  const bench = await workbench(t);
  await bench.write("integrations.yaml", fileOf(block("web")));
  await bench.write("buddy.yml", "- pipeline: p\n  actions:\n    - integration_hash: web\n");
  const read = new Set<string>();
  const { url, token, workspace } = bench.emulator;
  const values: Readonly<Record<string, string>> = {
    BUDDY_BASE_URL: url,
    BUDDY_TOKEN: token,
    BUDDY_WORKSPACE: workspace,
  };
  const env = new Proxy(values, {
    get: (target, name: string) => {
      read.add(name);
      return target[name];
    },
  });
  const outcomes: string[] = [];
  for (const args of [
    ["validate", "--variables"],
    ["plan"],
    ["plan", "--offline"],
    ["apply", "--yes"],
    ["refs", "--check"],
    ["refs", "--usages", "--live"],
    ["refs", "--write"],
    ["list"],
    ["show", "web"],
    ["doctor"],
    ["export", "--out", "other.yaml"],
    ["init"],
    ["explain", "AMAZON"],
  ]) {
    const { exit } = await bench.run(args, { io: { env }, env: {} });
    outcomes.push(`${args.join(" ")}: ${exit}`);
  }
  const listed = [...page.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
  );
  const variables = [...read].filter((name) => /^[A-Z][A-Z0-9_]+$/.test(name) && !name.startsWith(REFERENCE));
  assert.deepEqual(
    variables.filter((name) => !listed.includes(name)),
    [],
    outcomes.join("\n"),
  );
  assert.ok(variables.length > 10, variables.join(" "));
});

test("docs/reference.md says what each diagnostic code means", () => {
  const entries = diagnosticCodes.map((code) => {
    const { means = "", todo = "" } = codeEntry(code) ?? {};
    return `### ${code}\n\n${means} ${todo}\n`;
  });
  const pattern = /(<!-- generated: diagnostics -->\n).*?(<!-- end -->\n)/s;
  const renewed = page.replace(pattern, (_, start: string, end: string) => `${start}\n${entries.join("\n")}\n${end}`);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, renewed);
  else assert.equal(page, renewed, "docs/reference.md differs; UPDATE_GOLDEN=1 renews it");
});
