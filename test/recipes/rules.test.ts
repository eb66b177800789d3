import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { parse } from "yaml";
import packageJson from "../../package.json" with { type: "json" };
import { itemsOf, parsedRecipe, partOf, RECIPES, recipeText, textAt } from "../support/recipe.ts";
import { root } from "../support/root.ts";

const [major = "", minor = ""] = packageJson.version.split(".");
/** The tag that moves with each release: `v1`, or `v0.2` before 1.0. */
const MOVING_TAG = major === "0" ? `v0.${minor}` : `v${major}`;
const OURS = "buddy-integrations/buddy-integrations/";

const github = await parsedRecipe(RECIPES.github);
const gitlab = await parsedRecipe(RECIPES.gitlab);
const jobs = Object.keys(Object(partOf(github, "jobs")));
const stepsOf = (job: string): readonly Readonly<Record<string, unknown>>[] =>
  itemsOf(partOf(github, "jobs", job, "steps"));

/** Recipes and documents, each with its text. */
async function allTexts(): Promise<ReadonlyMap<string, string>> {
  const docs = (await readdir(new URL("docs/", root))).filter((name) => name.endsWith(".md"));
  const files = [...Object.values(RECIPES), "README.md", ...docs.map((name) => `docs/${name}`)];
  return new Map(await Promise.all(files.map(async (file) => [file, await recipeText(file)] as const)));
}

test("no recipe and no document runs npx, or uses an event that gives secrets to code of a fork", async () => {
  for (const [file, text] of await allTexts()) {
    // Outside of its code, a document may say why not.
    const code = file.endsWith(".md") ? [...text.matchAll(/^```[^]*?^```/gm)].join("\n") : text;
    assert.doesNotMatch(code, /\bnpx\b/, file);
    assert.doesNotMatch(code, /pull_request_target|workflow_run/, file);
  }
});

test("every recipe and document names the version of package.json", async () => {
  const others = [...(await allTexts())].flatMap(([file, text]) => {
    const versions = [...text.matchAll(/buddy-integrations@(\d[\w.-]*\w)/g), ...text.matchAll(/rev: v(\S+)/g)];
    const tags = [...text.matchAll(/uses: buddy-integrations\/[\w/-]+@(v[\d.]*\d)/g)];
    return [
      ...versions.filter(([, version]) => version !== packageJson.version),
      ...tags.filter(([, tag]) => tag !== MOVING_TAG),
    ].map(([found]) => `${file}: ${found}`);
  });
  assert.deepEqual(others, [], `write ${packageJson.version}, and ${MOVING_TAG} for an action`);
});

test("every recipe installs the tool outside of the checkout, and runs no install scripts", async () => {
  for (const file of [RECIPES.github, RECIPES.gitlab, RECIPES.buddy]) {
    const lines = (await recipeText(file)).split("\n").filter((line) => line.includes("npm "));
    assert.ok(lines.length > 0, file);
    for (const line of lines) {
      assert.match(line, /\(cd \/ && npm install --global --ignore-scripts /, file);
    }
  }
  const names = stepsOf("drift").map((step) => String(step["uses"] ?? step["run"]));
  const installs = names.findIndex((name) => name.startsWith("(cd / && npm install"));
  assert.ok(installs >= 0 && installs < names.findIndex((name) => name.startsWith("actions/checkout@")));
});

test("every recipe names the workspace and the host, so that integrations.yaml can't choose them", async () => {
  for (const file of [RECIPES.github, RECIPES.gitlab, RECIPES.buddy]) {
    const text = (await recipeText(file)).replaceAll(/\\?\n +(?=-)/g, " ");
    for (const [command] of text.matchAll(/buddy-integrations (?:plan|apply) --.*/g))
      assert.match(command, /--workspace "\$WORKSPACE" --api "\$API"/, file);
  }
  for (const step of jobs.flatMap(stepsOf)) {
    if (!/\/actions\/(?:plan|apply)@/.test(String(step["uses"]))) continue;
    assert.equal(textAt(step, "with", "workspace"), "${{ env.WORKSPACE }}");
    assert.equal(textAt(step, "with", "api"), "${{ env.API }}");
  }
});

test("plans of proposed changes compare the lockfile with the branch that apply runs on, and have a reading token", async () => {
  const plan = stepsOf("plan").find((step) => String(step["uses"]).includes("/actions/plan@"));
  assert.equal(textAt(plan, "with", "base"), "refs/remotes/origin/main");
  assert.match(String(partOf(gitlab, ".buddy-integrations-plan", "script")), /--base "refs\/remotes\/origin\/\$CI_DEF/);
  assert.match(String(partOf(gitlab, ".buddy-integrations-plan", "script")), /BUDDY_TOKEN="\$BUDDY_READ_TOKEN"/);
  assert.match(await recipeText(RECIPES.buddy), /export BUDDY_TOKEN="\$BUDDY_READ_TOKEN"[^]*?--base refs\/remotes/);
});

test("on GitHub only the job behind an environment gets the token that writes, the key and the values", () => {
  for (const job of jobs) {
    const names = [...JSON.stringify(partOf(github, "jobs", job)).matchAll(/\bsecrets\.(\w+)/g)].map(
      ([, name]) => name,
    );
    const expected = { apply: ["BUDDY_TOKEN", "BUDDY_INTEGRATIONS_KEY"], comment: [] }[job] ?? ["BUDDY_READ_TOKEN"];
    assert.deepEqual(names, expected, job);
  }
  assert.match(
    textAt(github, "jobs", "apply", "environment"),
    /'buddy-integrations-approval' \|\| 'buddy-integrations'/,
  );
  const apply = stepsOf("apply").at(-1);
  assert.equal(textAt(apply, "env", "BUDDY_INTEGRATIONS_MASK"), "true");
});

test("on GitHub each job has the least permissions", () => {
  assert.deepEqual(partOf(github, "permissions"), {});
  const read = { contents: "read", "id-token": "write" };
  assert.deepEqual(Object.fromEntries(jobs.map((job) => [job, partOf(github, "jobs", job, "permissions")])), {
    plan: read,
    comment: { "pull-requests": "write" },
    check: { ...read, actions: "read", "pull-requests": "read" },
    apply: { contents: "write", actions: "read", "pull-requests": "write", "id-token": "write" },
    drift: { ...read, issues: "write" },
  });
});

test("on GitHub applies of a workspace wait for each other, and none is dropped or cancelled", () => {
  assert.deepEqual(partOf(github, "jobs", "apply", "concurrency"), {
    group: "buddy-integrations-my-company",
    queue: "max",
    "cancel-in-progress": false,
  });
  assert.equal(textAt(github, "concurrency", "cancel-in-progress"), "${{ github.event_name == 'pull_request' }}");
  assert.equal(textAt(gitlab, "buddy-integrations-apply", "resource_group"), "buddy-integrations-my-company");
});

test("on GitHub no checkout keeps a token, and the jobs that apply check out the branch", () => {
  for (const job of jobs) {
    for (const step of stepsOf(job).filter(({ uses }) => String(uses).startsWith("actions/checkout@"))) {
      assert.equal(partOf(step, "with", "persist-credentials"), false, job);
      const branch = job === "check" || job === "apply" ? "${{ github.ref_name }}" : undefined;
      assert.equal(Object(step["with"])["ref"], branch, job);
    }
  }
});

test("on GitHub no script has an expression in it, whose value could be commands", () => {
  for (const { run } of jobs.flatMap(stepsOf)) if (typeof run === "string") assert.doesNotMatch(run, /\$\{\{/);
});

test("on GitHub the recipe uses inputs and outputs that the actions have", async () => {
  for (const job of jobs) {
    const outputs = new Map<string, readonly string[]>();
    for (const step of stepsOf(job)) {
      const { uses } = step;
      if (typeof uses !== "string" || !uses.startsWith(OURS)) continue;
      const name = uses.slice(OURS.length).replace(/@.*/, "");
      const action: unknown = parse(await readFile(new URL(`${name}/action.yml`, root), "utf8"));
      const inputs = Object.keys(Object(partOf(action, "inputs")));
      for (const input of Object.keys(Object(step["with"]))) assert.ok(inputs.includes(input), `${name}: ${input}`);
      outputs.set(String(step["id"]), Object.keys(Object(partOf(action, "outputs"))));
    }
    for (const [, id = "", output = ""] of JSON.stringify(partOf(github, "jobs", job)).matchAll(
      /steps\.(\w+)\.outputs\.([\w-]+)/g,
    ))
      if (outputs.has(id)) assert.ok(outputs.get(id)?.includes(output), `${job}: ${id}.${output}`);
  }
});

test("the hooks that the recipe for pre-commit names exist", async () => {
  const hooks = itemsOf(parse(await recipeText(".pre-commit-hooks.yaml"))).map((hook) => hook["id"]);
  const used = itemsOf(partOf(await parsedRecipe(RECIPES.preCommit), "repos", 0, "hooks"));
  assert.ok(used.length > 0);
  for (const { id } of used) assert.ok(hooks.includes(id), String(id));
});

/** The keys that Buddy documents for pipeline files. Buddy publishes no schema. */
const OF_BUDDY = {
  pipeline: ["pipeline", "name", "refs", "events", "variables", "actions", "no_skip_to_most_recent"],
  event: ["type", "refs", "cron"],
  variable: ["key", "value"],
  BUILD: ["action", "type", "docker_image_name", "docker_image_tag", "execute_commands"],
  WAIT_FOR_APPROVE: ["action", "type", "comment"],
};

test("the recipe for Buddy has only keys that Buddy documents", async () => {
  const assertKeys = (item: object, known: readonly string[]): void => {
    assert.deepEqual(
      Object.keys(item).filter((key) => !known.includes(key)),
      [],
    );
  };
  for (const pipeline of itemsOf(await parsedRecipe(RECIPES.buddy))) {
    assertKeys(pipeline, OF_BUDDY.pipeline);
    assert.match(textAt(pipeline, "pipeline"), /^[a-z][a-z0-9_]*$/);
    for (const event of itemsOf(pipeline["events"])) assertKeys(event, OF_BUDDY.event);
    for (const variable of itemsOf(pipeline["variables"])) assertKeys(variable, OF_BUDDY.variable);
    for (const action of itemsOf(pipeline["actions"])) {
      const type = textAt(action, "type");
      assert.ok(type === "BUILD" || type === "WAIT_FOR_APPROVE");
      assertKeys(action, OF_BUDDY[type]);
    }
  }
});
