import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { block } from "../support/desired-file.ts";
import { assertExamples } from "../support/golden.ts";
import { syncWorkbench, type SyncWorkbench } from "../support/sync-workbench.ts";

const WEB = block("web", { name: "Web" });
const DB = "db: { type: UPCLOUD, name: Database, scope: WORKSPACE, username: me, password: $OTHER }";
const GH = "github: { type: GIT_HUB, name: GitHub, scope: WORKSPACE, token: $TOKEN }";
const adding = (text: string, more: string): string => text.replace(/ \}$/, `, ${more} }`);

/** A workspace whose next hashes are fixed, so that documents can show them. */
async function workbenchWithKnownHashes(context: TestContext, ...created: readonly string[]): Promise<SyncWorkbench> {
  const dir = await mkdtemp(join(tmpdir(), "buddy-docs-"));
  context.after(() => rm(dir, { recursive: true }));
  const hashes = [
    "NLVaDzgp6W2qJljaQlJOoYdmZ3",
    "5e391f5aae784b7208de0d0a",
    "Qm4kXw8sT1rYbN6pLcVz2HaGfD",
    "7a03b1c2d4e5f60718293a4b",
  ];
  const seed = [
    "users: [{ id: 1, name: Owner, email: owner@example.com }]",
    "tokens: [{ name: full, token: full, user: 1, scopes: all }]",
    "workspaces:",
    "  my-company:",
    "    id: 1",
    "    members: [{ id: 1, name: Owner, email: owner@example.com, owner: true }]",
    "    projects: { company-website: { pipelines: [{ id: 1, name: deploy }] } }",
    `hashes: [${hashes.map((hash) => `{ hash_id: ${hash} }`).join(", ")}]`,
  ];
  await writeFile(join(dir, "seed.yaml"), seed.join("\n"));
  const s = await syncWorkbench(context, { seed: join(dir, "seed.yaml") });
  if (created.length > 0) {
    await s.writeIntegrations(...created);
    await s.apply(["--concurrency", "1"]);
  }
  return s;
}

/** The plan as text, without the workspace, the warnings and the hash. */
async function planText(s: SyncWorkbench, ...args: readonly string[]): Promise<string> {
  const { stdout } = await s.run(["sync", "--plan", ...args]);
  const body = stdout.slice(stdout.indexOf("\n\n") + 2).replace(/Warnings\n\n(?: {2,}.*\n)+\n/, "");
  return body.replace(/Plan hash: .*\n$/, "").replace(/^Changes\n\n/, "");
}

test("the examples of docs/lifecycle.md are what the program prints", async (t) => {
  const printed = new Map<string, string>();

  const empty = await workbenchWithKnownHashes(t);
  await empty.writeIntegrations(WEB);
  printed.set("create", await planText(empty));
  await empty.apply();
  await empty.byHand("DELETE", `/integrations/${empty.stored("web").hash_id}`);
  await empty.writeIntegrations(WEB, DB);
  printed.set("recreate-refused", await planText(empty));
  printed.set("recreate", await planText(empty, "--recreate", "web", "--max-deletions", "1"));

  const adopting = await workbenchWithKnownHashes(t);
  const theirs = { type: "GIT_HUB", name: "My GitHub", identifier: "github", scope: "WORKSPACE", token: "theirs" };
  await adopting.byHand("POST", "/integrations", theirs);
  await adopting.writeIntegrations(GH);
  printed.set("adopt-refused", await planText(adopting));
  printed.set("adopt", await planText(adopting, "--adopt"));
  await adopting.byHand("POST", "/integrations", theirs);
  printed.set("conflict", await planText(adopting));

  const s = await workbenchWithKnownHashes(t, WEB, DB, GH);
  await s.byHand("PATCH", `/integrations/${s.stored("db").hash_id}`, { name: "Changed by hand" });
  await s.writeIntegrations(WEB, DB.replace("username: me", "username: you"), GH);
  const { stdout: update } = await s.run(["sync", "--plan"], { env: { TOKEN: "rotated" } });
  printed.set("update", update.slice(update.indexOf("Drift")).replace(/Plan hash: .*\n$/, ""));
  await s.byHand("PATCH", `/integrations/${s.stored("db").hash_id}`, { name: "Database" });
  await s.writeIntegrations(WEB.replace("scope: WORKSPACE", "scope: PROJECT, project_name: company-website"), DB, GH);
  printed.set("replace-refused", await planText(s));
  printed.set("replace", await planText(s, "--allow-replace"));
  await s.writeIntegrations(
    WEB.replace("web:", "site:").replace(/ \}$/, ", lifecycle: { moved_from: [web] } }"),
    DB,
    GH,
  );
  printed.set("rename", await planText(s));
  await s.writeIntegrations(adding(WEB, "lifecycle: { protect: true }"), DB, GH);
  printed.set("record", await planText(s));
  await s.writeIntegrations(WEB, GH);
  printed.set("orphan", await planText(s));
  printed.set("delete", await planText(s, "--prune"));
  await s.writeIntegrations(WEB);
  printed.set("threshold", await planText(s, "--prune", "--max-deletions", "1"));
  printed.set("only", await planText(s, "--prune", "--only", "db"));
  await s.writeIntegrations(
    adding(WEB, "lifecycle: { protect: true }"),
    adding(DB, "lifecycle: { on_remove: retain }"),
    GH,
  );
  await s.apply();
  await s.writeIntegrations(GH);
  printed.set("protect", await planText(s, "--prune"));
  const renamed = DB.replace("db:", "database:").replace("name:", "identifier: db, name:");
  await s.writeIntegrations(adding(WEB, "lifecycle: { protect: true }"), renamed, GH);
  const { stdout } = await s.run(["plan"]);
  printed.set("forget-and-adopt", stdout.slice(stdout.indexOf("\n\n") + 2).replace(/Plan hash: .*\n$/, ""));
  await s.writeIntegrations(GH);
  printed.set("offline", (await s.run(["sync", "--plan", "--offline"])).stdout.split("\n").slice(2).join("\n"));

  const reviewed = await workbenchWithKnownHashes(t, WEB);
  await reviewed.writeIntegrations(WEB.replace("name: Web", "name: Website"));
  await reviewed.plan(["--out", "plan.json"]);
  await reviewed.writeIntegrations(WEB.replace("name: Web", "name: Website"), DB);
  printed.set("stale", asInDocs((await reviewed.run(["apply", "--expect", "plan.json"])).stdout));

  assertExamples("lifecycle.md", printed);
});

/** Replaces what differs from run to run. */
function asInDocs(text: string): string {
  return text
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "https://api.buddy.works")
    .replaceAll(/sha256:[0-9a-f]{64}/g, "sha256:…");
}

test("the examples of docs/output.md are what the program prints", async (t) => {
  const s = await workbenchWithKnownHashes(t, WEB, adding(DB, "lifecycle: { protect: true }"), GH);
  await s.writeIntegrations(GH.replace("name: GitHub", "name: GitHub Enterprise"));
  const args = ["sync", "--plan", "--prune"];
  const format = async (name: string): Promise<string> => asInDocs((await s.run([...args, "--format", name])).stdout);
  const printed = new Map([
    ["text", await format("text")],
    ["markdown", await format("markdown")],
    ["github", await format("github")],
  ]);
  const failed = await s.run([...args, "--format", "json"], { env: { BUDDY_TOKEN: undefined } });
  printed.set("json-failure", failed.stdout);
  assertExamples("output.md", printed);
});
