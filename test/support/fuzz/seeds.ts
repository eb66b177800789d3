import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalRecord } from "../../../src/apply/journal.ts";
import { encodeJournalRecord } from "../../../src/checkout/journal/codec.ts";
import { startEmulator } from "../../../src/emulator/index.ts";
import { renderRunsJson } from "../../../src/render/report-json.ts";
import { root } from "../root.ts";
import { runOf } from "../report.ts";
import { runCli } from "../workbench.ts";
import type { ReaderName } from "./readers.ts";
import { EVERY_CHANGE } from "../every-change.ts";

/** The texts that are mutated: the fixtures, the example, and what the program writes and the emulator returns. */
export async function fuzzSeeds(): Promise<Readonly<Record<ReaderName, readonly string[]>>> {
  const example = await readFile(new URL("integrations.example.yaml", root), "utf8");
  const { lockfile, answers } = await writtenByProgram(example);
  return {
    "the desired file": [example, ...(await fixtureTexts("fixtures/config/", /\.yaml$/))],
    "the lockfile": [lockfile, RICH_LOCKFILE],
    "the journal": [RECORDS.map(encodeJournalRecord).join("")],
    "a report": [REPORT, JSON.stringify(JSON.parse(REPORT))],
    "a pipeline": await fixtureTexts("fixtures/pipelines/", /\.yml$/),
    "a response of the API": answers,
    "the server's message": answers,
    "a secrets file": ["A=1\nexport B='two'\nC=\"three\\nfour\"\n# comment\nD=five # cut\n"],
  };
}

async function fixtureTexts(folder: string, pattern: RegExp): Promise<string[]> {
  const names = (await readdir(new URL(folder, root))).filter((name) => pattern.test(name));
  return Promise.all(names.map((name) => readFile(new URL(`${folder}${name}`, root), "utf8")));
}

/** The lockfile of the example, and every kind of response of the emulator. */
async function writtenByProgram(example: string): Promise<{ lockfile: string; answers: string[] }> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-integrations-seeds-"));
  const emulator = await startEmulator();
  try {
    await writeFile(join(dir, "integrations.yaml"), example);
    const names = [...example.matchAll(/\$([A-Z_]+)/g)].map(([, name = ""]) => name);
    const { url, token, workspace } = emulator;
    const values = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    const env = { ...values, BUDDY_BASE_URL: url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: workspace };
    await runCli(["sync", "--apply"], dir, { env: { ...env, BUDDY_INTEGRATIONS_KEY: "ab".repeat(32) } });
    const lockfile = await readFile(join(dir, "integrations.lock.yaml"), "utf8");
    const [first] = emulator.stored();
    const paths = [
      "integrations",
      `integrations/${first?.hash_id}`,
      "integrations/none",
      "members",
      "groups",
      "projects",
    ];
    const answers = paths.map(async (path) => {
      const answer = await fetch(`${url}/workspaces/${workspace}/${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return answer.text();
    });
    return { lockfile, answers: await Promise.all(answers) };
  } finally {
    await emulator.close();
    await rm(dir, { recursive: true, force: true });
  }
}

const TARGET = { api: "https://api.buddy.works", workspace: "my-company" };
const RECORDS: readonly JournalRecord[] = [
  {
    kind: "begin",
    ...TARGET,
    key: "a",
    identifier: "a",
    type: "GIT_LAB",
    scope: "WORKSPACE",
    lifecycle: { protect: false, onRemove: "delete" },
  },
  { kind: "end", ...TARGET, key: "a", outcome: { hash: "NLVaDzgp6W2qJljaQlJOoYdmZ3" } },
  {
    kind: "begin",
    ...TARGET,
    key: "b",
    identifier: "b",
    type: "SENTRY",
    scope: "PROJECT",
    project: "x",
    replaces: "5e39",
    lifecycle: { protect: true, onRemove: "retain", rotate: 2 },
  },
  { kind: "end", ...TARGET, key: "b", outcome: "refused" },
  { kind: "updates", ...TARGET, paths: new Map([["5e39", ["token", "extra.options"]]]) },
];

const PLAN = {
  ...TARGET,
  flags: { adopt: false, allow_replace: true, prune: true, max_deletions: 3, resend: ["a.token"], only: [] },
  empty_lock: false,
  offline: false,
  changes: EVERY_CHANGE,
  warnings: [],
  left_out: 0,
  unsent: [],
  names: { pipelines: {}, users: {}, groups: {} },
};
const REPORT = renderRunsJson(runOf({ command: "plan", exit: 7, diagnostics: [], plan: PLAN }));

const RICH_LOCKFILE = `# Written by buddy-integrations. Commit it; don't edit it.
lockfile_version: 2
workspaces:
  https://api.buddy.works/workspaces/my-company:
    integrations:
      aws_prod:
        hash_id: NLVaDzgp6W2qJljaQlJOoYdmZ3
        identifier: aws_prod
        type: AMAZON
        lifecycle:
          protect: true
          on_remove: retain
          rotate: 2
        last_sent:
          name: "AWS: production"
          permissions.users:
            - access_level: MANAGE
              id: 1
          secret_key:
            fingerprint: hmac-sha256:0a1b2c3d:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ
        superseded:
          - 5e391f5aae784b7208de0d0a
        former_identifiers:
          - aws
`;
