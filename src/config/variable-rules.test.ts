import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { matchesGlob } from "../model/glob.ts";
import { success } from "../model/integration.ts";
import { CI_VARIABLES, CREDENTIAL_FILES, OWN_VARIABLES } from "../model/reserved-variables.ts";
import { createVariableLookup, type VariableSources } from "./variable-lookup.ts";
import { variableRefusal } from "./variable-rules.ts";

const LIST = "BUDDY_INTEGRATIONS_VARIABLES";
const code = (name: string, list?: string) => variableRefusal(name, { [LIST]: list })?.code;

test("this tool's own secrets can't be referred to, in any letter case, even if they are listed", () => {
  for (const name of OWN_VARIABLES) {
    for (const each of [name, name.toLowerCase()]) {
      assert.equal(code(each), "reserved-variable");
      assert.equal(code(each, `* ${each}`), "reserved-variable");
    }
  }
});

test("a variable that a CI system sets for itself must be listed by its full name, not by a glob", () => {
  for (const name of [
    "GITHUB_TOKEN",
    "github_token",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "CI_JOB_TOKEN",
    "CI_REGISTRY_PASSWORD",
    "BUDDY_API_TOKEN",
    "CIRCLE_OIDC_TOKEN_V2",
    "JENKINS_SECRET",
    "SYSTEM_ACCESSTOKEN",
    "TEAMCITY_AUTH_PASSWORD",
    "BITBUCKET_STEP_OIDC_TOKEN",
  ]) {
    assert.equal(code(name), "ci-variable", name);
    assert.equal(code(name, "*"), "ci-variable", name);
    assert.equal(code(name, name.replace(/.$/, "?")), "ci-variable", name);
    assert.equal(code(name, `AWS_* ${name}`), undefined, name);
  }
  for (const name of ["GH_TOKEN", "GITLAB_TOKEN", "GITHUB_BUDDY_TOKEN", "BITBUCKET_TOKEN", "AWS_SECRET_ACCESS_KEY"]) {
    assert.equal(code(name), undefined, name);
  }
});

test("with a list, only what it lists may be referred to", () => {
  assert.equal(code("AWS_KEY", "AWS_* GH_TOKEN"), undefined);
  assert.equal(code("GH_TOKEN", "AWS_*,GH_TOKEN"), undefined);
  assert.equal(code("GH_TOKEN2", "AWS_* GH_TOKEN"), "unlisted-variable");
  assert.equal(code("GITHUB_TOKEN", "* GITHUB_TOKEN"), undefined);
  assert.equal(code("ANY", "* GITHUB_TOKEN"), undefined);
  assert.equal(code("ANY", ""), "unlisted-variable");
});

const content: VariableSources["readFile"] = () => Promise.resolve(success(new TextEncoder().encode("content")));
const sources = (env: VariableSources["env"], readFile = content): VariableSources => ({
  env,
  secretsFiles: [],
  readFile,
  asIs: new Set(),
});

test("a file that another tool's variable names is not read, whoever sets it", async () => {
  for (const variable of CREDENTIAL_FILES) {
    const name = variable.replace(/_FILE$/, "");
    const env = { [variable]: "/var/run/secret", [LIST]: `* ${name} ${variable}` };
    const found = await createVariableLookup(
      [name],
      sources(env, () => assert.fail("nothing is read")),
    );
    assert.ok(found(name).kind === "refused", name);
    const set = await createVariableLookup([name], sources({ ...env, [name]: "value" }));
    assert.deepEqual(set(name), { kind: "set", value: "value" });
  }
});

test("neither a list nor a source of values allows a value that must not be sent", async () => {
  const word = fc.constantFrom(
    ...OWN_VARIABLES,
    "buddy_token",
    "GITHUB_TOKEN",
    "CI_JOB_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN",
    "A",
    "A_B",
    "constructor",
  );
  const glob = fc.oneof(word, fc.stringMatching(/^[A-Z*?_]{1,6}$/));
  const lists = fc.option(
    fc.array(glob, { maxLength: 3 }).map((globs) => globs.join(" ")),
    { nil: undefined },
  );
  await fc.assert(
    fc.asyncProperty(word, lists, fc.constantFrom("env", "secrets", "file"), async (name, list, where) => {
      const env = {
        ...(where === "env" ? { [name]: "value" } : where === "file" ? { [`${name}_FILE`]: "path" } : {}),
        [LIST]: list,
      };
      const secrets =
        where === "secrets"
          ? [
              new Map([
                [name, "value"],
                [LIST, "*"],
              ]),
            ]
          : [];
      const { kind } = (await createVariableLookup([name], { ...sources(env), secretsFiles: secrets }))(name);
      const globs = list?.split(" ");
      const mayBeSent =
        !OWN_VARIABLES.includes(name.toUpperCase()) &&
        (globs === undefined || globs.some((each) => matchesGlob(each, name))) &&
        (!["GITHUB_TOKEN", "CI_JOB_TOKEN"].includes(name) || globs?.includes(name) === true) &&
        (name !== "AWS_WEB_IDENTITY_TOKEN" || where !== "file");
      assert.equal(kind, mayBeSent ? "set" : "refused");
    }),
    { numRuns: 500 },
  );
});

test("the documentation lists exactly these variables", () => {
  const page = readFileSync(new URL("../../docs/secrets.md", import.meta.url), "utf8");
  for (const [system, names] of Object.entries(CI_VARIABLES)) {
    const row = page.split("\n").find((line) => line.startsWith(`| ${system} `)) ?? "";
    assert.deepEqual(
      [...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
      names,
      system,
    );
  }
  const files = /(?:^|\. )These are never read: (.*)$/m.exec(page)?.[1] ?? "";
  assert.deepEqual(
    [...files.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    CREDENTIAL_FILES,
  );
});
