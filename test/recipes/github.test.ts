import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { READ_ONLY_TOKEN } from "../../src/emulator/index.ts";
import { itemsOf, parsedRecipe, partOf, recipeBench, RECIPES, textAt, type RecipeBench } from "../support/recipe.ts";

const skip = process.platform === "win32" && "the runners of the recipe have a POSIX shell";
/** The shell of a step without `shell`. */
const BASH = ["bash", "-e"];

const recipe = await parsedRecipe(RECIPES.github);
const steps = itemsOf(partOf(recipe, "jobs", "drift", "steps"));
const scriptOf = (name: string): string =>
  textAt(
    steps.find((step) => step["name"] === name),
    "run",
  );

/** A replacement of `gh` that keeps the issues in a file. */
const GH = `
import { readFileSync, writeFileSync } from "node:fs";
const file = process.env.ISSUES;
const issues = JSON.parse(readFileSync(file, "utf8"));
const [topic, verb, ...args] = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const body = () => readFileSync(option("--body-file"), "utf8");
if (process.env.GH_TOKEN !== "github-token") throw new Error("no token");
if (topic === "label") {
  issues.labels.push(args[0]);
} else if (verb === "list") {
  const title = /^map\\(select\\(\\.title == "([^"]*)"\\)\\)\\[0\\]\\.number \\/\\/ empty$/.exec(option("--jq"))[1];
  const found = issues.all.find((one) => one.state === "open" && one.title === title && one.label === option("--label"));
  process.stdout.write(found ? found.number + "\\n" : "");
} else if (verb === "create") {
  if (!issues.labels.includes(option("--label"))) throw new Error("no such label");
  const number = issues.all.length + 1;
  issues.all.push({ number, state: "open", title: option("--title"), label: option("--label"), body: body() });
} else {
  const issue = issues.all.find(({ number }) => String(number) === args[0]);
  if (verb === "edit") issue.body = body();
  else Object.assign(issue, { state: "closed", comment: option("--comment") });
}
writeFileSync(file, JSON.stringify(issues));
`;

interface Issue {
  readonly number: number;
  readonly state: string;
  readonly title: string;
  readonly body: string;
  readonly comment?: string;
}

interface Night {
  /** The exit code of the step that looks for drift. */
  readonly exit: number;
  readonly stderr: string;
  readonly issues: readonly Issue[];
}

async function withIssues(t: TestContext): Promise<{
  readonly bench: RecipeBench;
  readonly night: () => Promise<Night>;
  readonly edit: (body: string) => Promise<void>;
}> {
  const bench = await recipeBench(t);
  await bench.addProgram("gh", GH);
  const file = join(bench.runnerTemp, "issues.json");
  const outputs = join(bench.runnerTemp, "outputs");
  await writeFile(
    file,
    JSON.stringify({ labels: [], all: [{ number: 1, state: "open", title: "Another", label: "" }] }),
  );
  const night = async (): Promise<Night> => {
    await writeFile(outputs, "");
    const env = { GITHUB_OUTPUT: outputs, BUDDY_TOKEN: READ_ONLY_TOKEN };
    const looked = await bench.run(scriptOf("Look for drift"), BASH, env);
    const code = /^code=(\d+)$/m.exec(await readFile(outputs, "utf8"))?.[1] ?? "";
    if (looked.exit === 0) {
      const issueEnv = { ISSUES: file, CODE: code, GH_TOKEN: "github-token", GH_REPO: "o/r", RUN: "https://run" };
      const ended = await bench.run(scriptOf("Open, update or close the issue"), BASH, issueEnv);
      assert.equal(ended.exit, 0, ended.stderr);
    }
    const { all }: { readonly all: readonly Issue[] } = JSON.parse(await readFile(file, "utf8"));
    return { exit: looked.exit, stderr: looked.stderr, issues: all.slice(1) };
  };
  const edit = async (body: string): Promise<void> => {
    const issues: { readonly all: readonly Issue[] } = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...issues, all: issues.all.map((issue) => ({ ...issue, body })) }));
  };
  return { bench, night, edit };
}

/** Applies like a person on their own machine. */
async function apply(bench: RecipeBench): Promise<void> {
  const env = { BUDDY_TOKEN: bench.emulator.token, TOKEN: "secret-value" };
  const ended = await bench.run('buddy-integrations apply --yes --workspace "$WORKSPACE" --api "$API"', BASH, env);
  assert.equal(ended.exit, 0, ended.stderr);
}

async function rename(bench: RecipeBench, name: string): Promise<void> {
  const { url, workspace, token } = bench.emulator;
  const [stored] = bench.emulator.stored();
  const response = await fetch(`${url}/workspaces/${workspace}/integrations/${stored?.hash_id}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
  assert.ok(response.ok);
}

test("drift opens one issue, which is updated while the drift lasts and closed afterwards", { skip }, async (t) => {
  const { bench, night, edit } = await withIssues(t);
  await apply(bench);
  assert.deepEqual(await night().then(({ exit, issues }) => ({ exit, issues })), { exit: 0, issues: [] });

  await rename(bench, "By hand");
  const [opened, ...more] = (await night()).issues;
  assert.deepEqual(more, []);
  assert.equal(opened?.title, "Drift in the Buddy workspace my-company");
  assert.match(opened?.body ?? "", /^- `web`: `name`$/m);

  await edit("of yesterday");
  const updated = (await night()).issues;
  assert.deepEqual(updated, [opened]);

  await rename(bench, "web");
  const closed = (await night()).issues;
  assert.deepEqual(
    closed.map(({ state, comment }) => ({ state, comment })),
    [{ state: "closed", comment: "No drift any more: https://run" }],
  );

  await rename(bench, "By hand again");
  assert.deepEqual(
    (await night()).issues.map(({ number, state }) => `${number} ${state}`),
    ["2 closed", "3 open"],
  );
});

test("a drift job that can't read the workspace fails, and changes no issue", { skip }, async (t) => {
  const { bench, night } = await withIssues(t);
  await apply(bench);
  await rename(bench, "By hand");
  await night();
  await bench.emulator.close();
  const failed = await night();
  assert.equal(failed.exit, 5, failed.stderr);
  assert.deepEqual(
    failed.issues.map(({ state }) => state),
    ["open"],
  );
});
