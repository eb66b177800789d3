import assert from "node:assert/strict";
import { test } from "node:test";
import type { IntegrationWithSecrets } from "../../model/integration.ts";
import {
  desired,
  entry,
  live,
  lockSectionOf,
  observed,
  planFor,
  type PlanWorld,
} from "../../../test/support/builders.ts";
import { linkedProjects, withGitLinks, type GitLink } from "./git-links.ts";

const a = desired("a", { scope: "PROJECT", projectName: "old-site" });
const moved = desired("a", { scope: "PROJECT", projectName: "new-site" });
const WORLD: PlanWorld = {
  lock: lockSectionOf({ a: entry(a), b: entry(desired("b")) }),
  live: [live(a), live(desired("b"))],
};
const LINKS: readonly GitLink[] = [
  { project: "old-site", hashId: "ha" },
  { project: "elsewhere", hashId: "hc" },
];

const warned = (wanted: Parameters<typeof planFor>[0], world: PlanWorld): string[] =>
  withGitLinks(planFor(wanted, world), LINKS)
    .warnings.filter(({ code }) => code === "breaks-git-link")
    .map(({ key, message, hint }) => `${key}: ${message} (${hint})`);

const asked = (
  wanted: Parameters<typeof planFor>[0],
  world: PlanWorld,
  more: readonly Partial<IntegrationWithSecrets>[] = [],
): string[] => linkedProjects(planFor(wanted, world), [...wanted.map(declared), ...more], observed(world.live ?? []));

function declared({ projectName }: typeof a): Pick<IntegrationWithSecrets, "projectName"> {
  return projectName === undefined ? {} : { projectName };
}

test("a Git link that uses an integration that is replaced gets a warning, with or without --allow-replace", () => {
  const line =
    "a: the Git link of the project old-site uses ha, which is replaced; the API can't change that link (after the apply, choose the new integration in the project's settings in Buddy's web page; a later run with --prune deletes the old one)";
  assert.deepEqual(warned([moved, desired("b")], { ...WORLD, flags: { allow_replace: true } }), [line]);
  assert.deepEqual(warned([moved, desired("b")], WORLD), [line]);
});

test("a Git link that uses an integration that is deleted gets a warning", () => {
  assert.deepEqual(warned([desired("b")], { ...WORLD, flags: { prune: true } }), [
    "a: the Git link of the project old-site uses ha, which is deleted; the API can't change that link (choose another integration in the project's settings in Buddy's web page before you apply)",
  ]);
  assert.deepEqual(warned([desired("b")], WORLD), []);
});

test("a Git link that uses an integration that is gone and recreated gets a warning", () => {
  const world: PlanWorld = { ...WORLD, live: [live(desired("b"))], gone: ["ha"], flags: { max_deletions: 1 } };
  assert.deepEqual(warned([a, desired("b")], world), [
    "a: the Git link of the project old-site uses ha, which is superseded; the API can't change that link (after the apply, choose the new integration in the project's settings in Buddy's web page)",
  ]);
});

test("a Git link that uses an integration that stays gets no warning", () => {
  const renamed = desired("a", { scope: "PROJECT", projectName: "old-site", fields: { name: "new" } });
  assert.deepEqual(warned([renamed, desired("b")], WORLD), []);
});

test("projects are read only if the plan takes a hash away: those that the file and the plan name, each once", () => {
  const pipelines: Partial<IntegrationWithSecrets> = {
    allowedPipelines: [{ id: 1 }, { project: "shop", pipeline: "deploy" }, { project: "shop", pipeline: "test" }],
  };
  assert.deepEqual(asked([a, desired("b")], WORLD, [pipelines]), []);
  assert.deepEqual(asked([moved, desired("b")], WORLD, [pipelines]), ["new-site", "old-site", "shop"]);
  // Its block is gone, so only the live view names its project.
  assert.deepEqual(asked([desired("b")], { ...WORLD, flags: { prune: true } }), ["old-site"]);
  assert.deepEqual(asked([desired("b")], WORLD), []);
});
