import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import { block, fileOf } from "../support/desired-file.ts";
import { gitIn } from "../support/git.ts";
import { parsedRecipe, partOf, recipeBench, RECIPES, type RecipeBench, type ScriptRun } from "../support/recipe.ts";

const skip = process.platform === "win32" && "the runners of the recipe have a POSIX shell";
const recipe = await parsedRecipe(RECIPES.gitlab);
/** The shell of GitLab's runners. One shell runs all lines. */
const BASH = ["bash", "-eo", "pipefail"];
const VALUES = { TOKEN: "secret-value" };
const OF_GITLAB = { CI_DEFAULT_BRANCH: "main", CI_SERVER_HOST: "gitlab.example.com", CI_PROJECT_ID: "7" };

function scriptOf(job: string): string {
  const lines = [partOf(recipe, ".buddy-integrations", "before_script"), partOf(recipe, job, "script")].flat();
  return lines.map(String).join("\n");
}

const runJob = (bench: RecipeBench, job: string, env: Readonly<Record<string, string>> = {}): Promise<ScriptRun> =>
  bench.run(scriptOf(job), BASH, { ...OF_GITLAB, ...env });

const planJob = (bench: RecipeBench): Promise<ScriptRun> => runJob(bench, ".buddy-integrations-plan");
const applyJob = (bench: RecipeBench): Promise<ScriptRun> =>
  runJob(bench, "buddy-integrations-apply", { ...VALUES, BUDDY_TOKEN: bench.emulator.token });

async function json(bench: RecipeBench, file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(bench.dir, file), "utf8"));
}

test("a merge request gets a plan with the numbers of GitLab's widget, and sends nothing", { skip }, async (t) => {
  const bench = await recipeBench(t);
  const ended = await planJob(bench);
  assert.equal(ended.exit, 0, ended.stderr);
  assert.deepEqual(await json(bench, "buddy-plan/plan.terraform.json"), { create: 1, update: 0, delete: 0 });
  assert.ok(Array.isArray(await json(bench, "buddy-plan/plan.codequality.json")));
  assert.match(await readFile(join(bench.dir, "buddy-plan/plan.md"), "utf8"), /web/);
  assert.deepEqual(bench.emulator.stored(), []);
  assert.deepEqual(await bench.installed(), [
    `/: install --global --ignore-scripts --no-audit --no-fund buddy-integrations@${packageJson.version}`,
  ]);
});

test("a merge request that edits the lockfile fails, and a report that it commits is not used", { skip }, async (t) => {
  const bench = await recipeBench(t);
  await planJob(bench);
  assert.equal((await applyJob(bench)).exit, 0);
  const forged = "integrations: {}";
  await writeFile(join(bench.dir, "buddy-plan/plan.md"), forged);
  const lockfile = join(bench.dir, "integrations.lock.yaml");
  await writeFile(
    lockfile,
    (await readFile(lockfile, "utf8")).replace(/hash_id: \w+/, "hash_id: 7a03b1c2d4e5f60718293a4b"),
  );
  await gitIn(bench.dir, "commit", "-q", "-a", "-m", "edited");
  const ended = await planJob(bench);
  assert.equal(ended.exit, 7, ended.stdout + ended.stderr);
  assert.match(ended.stdout + ended.stderr, /lockfile-edited/);
  assert.notEqual(await readFile(join(bench.dir, "buddy-plan/plan.md"), "utf8").catch(() => ""), forged);
});

test("an apply carries out the plan of its pipeline, and pushes the lockfile", { skip }, async (t) => {
  const bench = await recipeBench(t);
  await planJob(bench);
  const ended = await applyJob(bench);
  assert.equal(ended.exit, 0, ended.stderr);
  const [stored] = bench.emulator.stored();
  assert.match(await bench.merged("integrations.lock.yaml"), new RegExp(`hash_id: "?${stored?.hash_id}`));
  assert.doesNotMatch(await bench.merged("integrations.lock.yaml"), /secret-value/);

  await planJob(bench);
  assert.equal((await applyJob(bench)).exit, 0, "a second apply has nothing to do and nothing to push");
});

test("a change that is merged after the plan is not applied", { skip }, async (t) => {
  const bench = await recipeBench(t);
  await planJob(bench);
  await bench.merge({ "integrations.yaml": fileOf(block("web"), block("db")) });
  const ended = await applyJob(bench);
  assert.equal(ended.exit, 6, ended.stderr);
  assert.deepEqual(
    bench.emulator.stored().map(({ identifier }) => identifier),
    ["web"],
  );
});

test("if the branch moves during the apply, the lockfile is pushed on top of it", { skip }, async (t) => {
  const bench = await recipeBench(t);
  await planJob(bench);
  await bench.merge({ README: "new" });
  // Without the lines that update the checkout, as if the merge came after them.
  const stale = scriptOf("buddy-integrations-apply").replaceAll(/^git (?:fetch|checkout) .*$/gm, ":");
  const ended = await bench.run(stale, BASH, { ...OF_GITLAB, ...VALUES, BUDDY_TOKEN: bench.emulator.token });
  assert.equal(ended.exit, 0, ended.stderr);
  assert.equal(await bench.merged("README"), "new");
  assert.match(await bench.merged("integrations.lock.yaml"), /hash_id/);
});

test("an apply that fails in part pushes what it did, and keeps its exit code", { skip }, async (t) => {
  const bench = await recipeBench(t);
  await bench.merge({ "integrations.yaml": fileOf(block("web"), block("db")) });
  await gitIn(bench.dir, "pull", "-q", "origin", "main");
  await planJob(bench);
  bench.emulator.addFault({ kind: "error", status: 422, match: { method: "POST" }, times: 1 });
  const ended = await applyJob(bench);
  assert.equal(ended.exit, 5, ended.stderr);
  assert.equal((await bench.merged("integrations.lock.yaml")).match(/hash_id: /g)?.length, 1);
});

interface GitlabIssue {
  readonly iid: number;
  title: string;
  description: string;
  state: string;
}

/** The part of GitLab's API that the recipe uses. */
async function issueServer(t: TestContext): Promise<{ readonly url: string; readonly issues: GitlabIssue[] }> {
  const issues: GitlabIssue[] = [
    { iid: 1, title: "Drift in the Buddy workspace my-company, old", description: "", state: "opened" },
  ];
  const server = createServer((request, response) => {
    void (async () => {
      let text = "";
      for await (const chunk of request) text += String(chunk);
      const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
      const form = new URLSearchParams(text);
      if (request.headers["private-token"] !== "issue-token") {
        response.writeHead(401).end("{}");
        return;
      }
      const iid = Number(/^\/api\/v4\/projects\/7\/issues\/(\d+)$/.exec(pathname)?.[1] ?? 0);
      const issue = issues.find((one) => one.iid === iid);
      if (request.method === "GET") {
        const found = issues.filter(
          ({ title, state }) => title.includes(searchParams.get("search") ?? "") && state === searchParams.get("state"),
        );
        response.end(JSON.stringify(found));
      } else if (request.method === "POST") {
        issues.push({
          iid: issues.length + 1,
          title: form.get("title") ?? "",
          description: form.get("description") ?? "",
          state: "opened",
        });
        response.writeHead(201).end("{}");
      } else if (issue === undefined) {
        response.writeHead(404).end("{}");
      } else {
        issue.description = form.get("description") ?? issue.description;
        if (form.get("state_event") === "close") issue.state = "closed";
        response.end("{}");
      }
    })();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { url: `http://127.0.0.1:${address.port}/api/v4`, issues };
}

test("drift opens one issue, which is updated while the drift lasts and closed afterwards", { skip }, async (t) => {
  const bench = await recipeBench(t);
  const { url, issues } = await issueServer(t);
  await planJob(bench);
  await applyJob(bench);
  const night = async (): Promise<readonly string[]> => {
    const env = { CI_API_V4_URL: url, BUDDY_DRIFT_ISSUE_TOKEN: "issue-token" };
    const ended = await runJob(bench, "buddy-integrations-drift", env);
    assert.equal(ended.exit, 0, ended.stderr);
    assert.ok(!`${ended.stdout}${ended.stderr}`.includes("issue-token"));
    return issues
      .slice(1)
      .map(({ iid, state, description }) => `${iid} ${state} ${/^- (`web`: `name`)$/m.exec(description)?.[1]}`);
  };
  const rename = async (name: string): Promise<void> => {
    const { token, workspace } = bench.emulator;
    const [stored] = bench.emulator.stored();
    await fetch(`${bench.emulator.url}/workspaces/${workspace}/integrations/${stored?.hash_id}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
  };
  assert.deepEqual(await night(), []);
  await rename("By hand");
  assert.deepEqual(await night(), ["2 opened `web`: `name`"]);
  for (const issue of issues) issue.description = "of yesterday";
  assert.deepEqual(await night(), ["2 opened `web`: `name`"]);
  await rename("web");
  assert.deepEqual(await night(), ["2 closed `web`: `name`"]);
});

test("without a token for issues, drift makes the scheduled job fail", { skip }, async (t) => {
  const bench = await recipeBench(t);
  await planJob(bench);
  await applyJob(bench);
  assert.equal((await runJob(bench, "buddy-integrations-drift")).exit, 0);
  const [stored] = bench.emulator.stored();
  await fetch(`${bench.emulator.url}/workspaces/my-company/integrations/${stored?.hash_id}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${bench.emulator.token}` },
  });
  assert.equal((await runJob(bench, "buddy-integrations-drift")).exit, 2);
});
