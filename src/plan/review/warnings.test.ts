import assert from "node:assert/strict";
import { test } from "node:test";
import { readdirSync, readFileSync } from "node:fs";
import type { AccessLevel, IntegrationWithIds, Grant, LiveIntegration, IdWithLabel } from "../../model/integration.ts";
import {
  desired,
  entry,
  inProject,
  live,
  lockSectionOf,
  observed,
  planFor,
  type PlanWorld,
  secretOf,
  UNPROTECTED,
} from "../../../test/support/builders.ts";
import type { PlanWarning } from "../change.ts";
import { withBreakages } from "./breakages.ts";
import { driftPart } from "./drift-part.ts";
import { lostNames } from "./lost-names.ts";
import { withGitLinks } from "./git-links.ts";
import { changesOfPermissions, withLockOuts, type TokenUser } from "./lock-out.ts";

/** Every warning of these tests. The last test checks that none is missing. */
const seen: PlanWarning[] = [];

function warnings(wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): readonly PlanWarning[] {
  const made = planFor(wanted, world).warnings;
  seen.push(...made);
  return made;
}

const warned = (wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): string[] =>
  warnings(wanted, world).map(({ code, key, message }) => `${code} ${key}: ${message}`);
const codes = (wanted: readonly IntegrationWithIds[], world: PlanWorld = {}): string[] =>
  warnings(wanted, world).map(({ code, key }) => `${code} ${key}`);

const closed = { permissions: { admins: "MANAGE", others: "DENIED" } } as const;
const a = desired("a", closed);

test("warns of a creation that is open to everyone and to all pipelines", () => {
  assert.deepEqual(warned([desired("a")]), ["open-to-everyone a: will be usable by everyone and by all pipelines"]);
  assert.deepEqual(warned([desired("a", { scope: "PROJECT", projectName: "web" })]), [
    "open-to-everyone a: will be usable by everyone and by all pipelines of its project",
  ]);
  assert.deepEqual(warned([a]), []);
  assert.deepEqual(warned([desired("a", { fields: { all_pipelines_allowed: false } })]), []);
});

test("warns of a pipeline that doesn't exist yet", () => {
  const pending = desired("a", { ...closed, allowedPipelines: [{ pending: "web/later" }, { id: 1 }] });
  assert.deepEqual(warned([pending]), [
    "pending-pipeline a: the pipeline web/later doesn't exist yet; until it exists, an apply of this integration fails",
  ]);
});

const aws = (more: Partial<IntegrationWithIds> & { auth_type?: string } = {}): IntegrationWithIds => {
  const { auth_type = "OIDC", ...rest } = more;
  const fields = { auth_type, audience: "sts", role_assumptions: [{ arn: "1" }] };
  return { ...desired("a", { type: "AMAZON", ...closed, fields }), ...rest };
};

test("warns of an OIDC integration that is replaced, recreated or superseded: it gets a new subject", () => {
  const code = "new-oidc-subject a";
  const lock = lockSectionOf({ a: entry(aws()) });
  const movedIntoProject = aws({ scope: "PROJECT", projectName: "web" });
  assert.deepEqual(planFor([movedIntoProject], { lock, live: [live(aws())] }).warnings, [
    {
      code: "new-oidc-subject",
      key: "a",
      path: "auth_type",
      message: "gets a new OIDC subject, and the cloud's trust policy names the old one",
      hint: "update the trust policy with the new subject, which the integration's web page shows, before pipelines use the new one",
    },
  ]);
  assert.deepEqual(codes([aws()], { lock, gone: ["ha"] }), [code]);
  assert.deepEqual(codes([aws()], { lock, offline: true }), []);
  assert.deepEqual(codes([aws()], { lock, gone: ["ha"], live: [live(aws(), { hashId: "new" })] }), [code]);
  // An interrupted replacement has already made the new one.
  const aside = live(aws(), { identifier: "a_superseded_ha" });
  const made = live(movedIntoProject, { hashId: "new" });
  assert.deepEqual(codes([movedIntoProject], { lock, live: [aside, made] }), [code]);
});

test("doesn't warn of a new subject if the integration is new, stays, or didn't or doesn't use OIDC", () => {
  const lock = lockSectionOf({ a: entry(aws()) });
  assert.deepEqual(codes([aws()]), []);
  assert.deepEqual(
    codes([aws({ fields: new Map([...aws().fields, ["name", "New"]]) })], { lock, live: [live(aws())] }),
    [],
  );
  const trusted = aws({ auth_type: "TRUSTED" });
  const movedIntoProject = aws({ scope: "PROJECT", projectName: "web" });
  assert.deepEqual(
    codes([movedIntoProject], { lock: lockSectionOf({ a: entry(trusted) }), live: [live(trusted)] }),
    [],
  );
  assert.deepEqual(codes([aws()], { lock: lockSectionOf({ a: entry(trusted) }), gone: ["ha"] }), []);
  assert.deepEqual(
    codes([aws({ auth_type: "TRUSTED", scope: "PROJECT", projectName: "web" })], { lock, live: [live(aws())] }),
    [],
  );
  // It can't be created.
  assert.deepEqual(
    codes([aws({ lifecycle: { ...aws().lifecycle, credentials: "unmanaged" } })], { lock, gone: ["ha"] }),
    [],
  );
});

test("warns once of permissions of an integration with the scope ENVIRONMENT, even if nothing else changes", () => {
  const inEnvironment = desired("a", { ...closed, scope: "ENVIRONMENT" });
  const world: PlanWorld = { lock: lockSectionOf({ a: entry(inEnvironment) }), live: [live(inEnvironment)] };
  const expected = {
    code: "environment-permissions",
    key: "a",
    path: "permissions",
    message: "its permissions come from its environment and are managed there, not here",
    hint: "remove `permissions` from this integration; write `permissions: null` if they come from `defaults`",
  };
  assert.deepEqual(planFor([inEnvironment], world).warnings, [expected]);
  const changed = { ...inEnvironment, fields: new Map([["name", "New"]]) };
  assert.deepEqual(planFor([changed], world).warnings, [expected]);
  assert.deepEqual(codes([inEnvironment], { ...world, offline: true }), ["environment-permissions a"]);
  assert.deepEqual(codes([desired("a", { scope: "ENVIRONMENT" })], world), []);
  assert.deepEqual(codes([inEnvironment, desired("b", closed)], { ...world, flags: { only: ["b"] } }), []);
});

test("warns of a removal and a creation that look like a rename", () => {
  const renamed = desired("b", { ...closed, fields: { name: "a" } });
  const world: PlanWorld = { lock: lockSectionOf({ a: entry(a) }), live: [live(a)] };
  assert.deepEqual(planFor([renamed], world).warnings, [
    {
      code: "looks-like-a-rename",
      key: "b",
      message: "is new, and a is no longer in the file: is it the same integration under another key?",
      hint: "then give b lifecycle.moved_from: [a]",
    },
  ]);
  assert.deepEqual(codes([desired("b", closed)], world), ["looks-like-a-rename b"]);
  assert.deepEqual(codes([desired("b", { ...closed, type: "SENTRY" })], world), []);
  assert.deepEqual(codes([desired("b", closed), desired("c", closed)], world), []);
});

test("warns of an integration that is disabled in the workspace, if it is wanted", () => {
  const world: PlanWorld = { lock: lockSectionOf({ a: entry(a) }), live: [live(a, { disabled: true })] };
  assert.deepEqual(warned([a], world), ["disabled a: is disabled in the workspace: no action can use it"]);
  assert.deepEqual(codes([desired("a", { ...closed, fields: { name: "New" } })], world), ["disabled a"]);
  assert.deepEqual(codes([], world), []);
});

test("an offline plan says what it can't see", () => {
  const other = desired("other");
  const unscoped = entry(other, live(other), { lastSent: new Map([["name", "other"]]) });
  const world: PlanWorld = {
    lock: lockSectionOf({ other: unscoped, gone: entry(desired("gone", { type: "SENTRY" })) }),
    offline: true,
    flags: { prune: true },
  };
  assert.deepEqual(warned([a, other], world), [
    "offline a: isn't in the lockfile; an offline plan doesn't show whether it exists already and would be adopted",
    "offline gone: an offline plan doesn't show whether it still exists as the lockfile has it",
    "offline other: the lockfile doesn't have its scope or project, so an offline plan doesn't show whether they differ",
  ]);
});

const grant = (id: number, level: AccessLevel): Grant<IdWithLabel> => ({ who: { id }, level });

/** The warnings of a creation with these permissions, for user 1. */
function lockOuts(
  permissions: IntegrationWithIds["permissions"],
  user: TokenUser = { id: 1, admin: undefined },
  view?: LiveIntegration,
): string[] {
  const wanted = desired("a", { ...(permissions && { permissions }), fields: { all_pipelines_allowed: false } });
  const world: PlanWorld =
    view === undefined ? {} : { lock: lockSectionOf({ a: entry(desired("a"), view) }), live: [view] };
  const made = planFor([wanted], world);
  const { warnings: found } = withLockOuts(made, [wanted], observed(world.live ?? []), user);
  seen.push(...found);
  return found.map(({ message }) => message);
}

const CANT_SEE =
  "its permissions lock out the user whose token this is: this tool could no longer see it, and would report it as gone";
const CANT_CHANGE =
  "its permissions lock out the user whose token this is: this tool could use it, but no longer change it";

test("warns of permissions that lock out the token's own user: by name, as an admin, or as one of the others", () => {
  const usual = { admins: "MANAGE", others: "DENIED" } as const;
  assert.deepEqual(lockOuts(usual, { id: 1, admin: true }), []);
  assert.deepEqual(lockOuts(usual, { id: 1, admin: false }), [CANT_SEE]);
  assert.deepEqual(lockOuts({ admins: "USE_ONLY", others: "DENIED" }, { id: 1, admin: true }), [CANT_CHANGE]);
  assert.deepEqual(lockOuts({ ...usual, users: [grant(1, "DENIED")] }, { id: 1, admin: true }), [CANT_SEE]);
  assert.deepEqual(lockOuts({ ...usual, users: [grant(1, "MANAGE")] }, { id: 1, admin: false }), []);
  assert.deepEqual(lockOuts({ admins: "DENIED", others: "DENIED", users: [grant(2, "MANAGE")] }), [CANT_SEE]);
});

test("warns of a lock-out only if it is certain: group members aren't known, nor admins if the members weren't read", () => {
  assert.deepEqual(lockOuts({ admins: "MANAGE", others: "DENIED" }), []);
  assert.deepEqual(lockOuts({ admins: "DENIED", others: "DENIED", groups: [grant(9, "MANAGE")] }), []);
  assert.deepEqual(lockOuts({ admins: "DENIED", others: "DENIED", groups: [grant(9, "USE_ONLY")] }), [CANT_CHANGE]);
});

test("for a lock-out, lists that the file doesn't name count as they are in the workspace", () => {
  const permissions = { admins: "USE_ONLY", others: "USE_ONLY" } as const;
  const view = live(desired("a"), {
    permissions: { ...permissions, others: "DENIED", users: [grant(1, "MANAGE")], groups: [] },
  });
  assert.deepEqual(lockOuts(permissions, { id: 1, admin: undefined }, view), []);
  assert.deepEqual(lockOuts(permissions, { id: 2, admin: undefined }, view), [CANT_CHANGE]);
});

test("a level that this version doesn't know may be enough, so it isn't a lock-out", () => {
  const permissions = { admins: "USE_ONLY", others: "USE_ONLY" } as const;
  const users = [{ who: { id: 1 }, level: { unknown: "READ" } }];
  const view = live(desired("a"), { permissions: { admins: "MANAGE", others: "DENIED", users, groups: [] } });
  assert.deepEqual(lockOuts(permissions, { id: 1, admin: true }, view), []);
});

test("whose token it is matters only to changes that set permissions", () => {
  const wanted = [a, desired("b"), desired("c", closed)];
  const world: PlanWorld = {
    lock: lockSectionOf({ c: entry(desired("c", closed)) }),
    live: [live(desired("c", closed), { name: "x" })],
  };
  const made = planFor(wanted, world);
  assert.deepEqual(
    changesOfPermissions(made, wanted).map(({ key }) => key),
    ["a"],
  );
});

test("warns of a reference that is sent in a field that the API returns", () => {
  const azure = (value?: string): IntegrationWithIds =>
    desired("a", {
      ...closed,
      type: "AZURE_CLOUD",
      fields: { app_id: secretOf("APP", value), tenant_id: secretOf("T", "1"), password: secretOf("P", "1") },
    });
  const message =
    "returned-reference a: the value of $APP is sent as app_id, where everybody who sees the integration can read it";
  assert.deepEqual(warned([azure("1")]), [message]);
  assert.deepEqual(warned([azure()]), [message]);
  const locked: PlanWorld = { lock: lockSectionOf({ a: entry(azure("1")) }), live: [live(azure("1"))] };
  assert.deepEqual(
    warned([azure("2")], { ...locked, live: [live(azure("1"), { fields: new Map([["app_id", "1"]]) })] }),
    [message],
  );
  assert.deepEqual(
    warned([azure("1")], { ...locked, live: [live(azure("1"), { fields: new Map([["app_id", "1"]]) })] }),
    [],
  );
  const moved = { ...azure("1"), scope: "PROJECT", projectName: "web" } as const;
  assert.deepEqual(warned([moved], locked), []);
  assert.deepEqual(warned([moved], { ...locked, flags: { allow_replace: true, max_deletions: 1 } }), [message]);
});

test("warns of a creation if another place has an integration of the same type and name", () => {
  const shop = live(inProject("other", "shop"), { name: "a", identifier: "x", hashId: "hshop" });
  const found = warnings([inProject("a", "web")], { live: [shop, live(desired("w"), { name: "a" })] });
  assert.deepEqual(
    found.filter(({ code }) => code === "namesake").map(({ message, hint }) => `${message}: ${hint}`),
    [
      "an integration of this type and name exists in the project shop (hshop); another one will be created: if that one is meant, write lifecycle.import: hshop, with its scope and project_name",
      "an integration of this type and name exists in the scope WORKSPACE (hw); another one will be created: if that one is meant, write lifecycle.import: hw, with its scope and project_name",
    ],
  );
  const named = (view: LiveIntegration): string[] =>
    planFor([inProject("a", "web")], { live: [view] }).warnings.map((it) => it.code);
  assert.ok(!named({ ...shop, type: "SENTRY" }).includes("namesake"));
  assert.ok(!named({ ...shop, name: "b" }).includes("namesake"));
  const secretName = desired("a", { fields: { name: secretOf("N", "a") } });
  assert.ok(!planFor([secretName], { live: [shop] }).warnings.some(({ code }) => code === "namesake"));
});

test("warns of a creation if its place has an integration of the same type and name that belongs to no key", () => {
  const twin = live(desired("a"), { hashId: "htwin", identifier: "a_2" });
  const found = warnings([desired("a")], { live: [twin] }).filter(({ code }) => code === "unowned-twin");
  assert.deepEqual(
    found.map(({ key, message, hint }) => `${key}: ${message}: ${hint}`),
    [
      "a: an integration of this type and name exists here already (htwin, identifier a_2), and belongs to no key; another one will be created: if that one is meant, run `buddy-integrations import a htwin` instead",
    ],
  );
  const owned: PlanWorld = { live: [twin], lock: lockSectionOf({ b: entry(desired("b"), twin) }) };
  assert.ok(!planFor([desired("a"), desired("b")], owned).warnings.some(({ code }) => code === "unowned-twin"));
});

test("warns of two live integrations of one key if the list was read; the locked one stays managed", () => {
  const [one, two] = [live(a), live(a, { hashId: "htwo" })];
  const world: PlanWorld = { lock: lockSectionOf({ a: entry(a) }), live: [one, two] };
  const found = warnings([a], world).filter(({ code }) => code === "duplicate");
  assert.deepEqual(
    found.map(({ key, message }) => `${key}: ${message}`),
    ["a: exists more than once: htwo has the same identifier, type and scope as ha, which the lockfile has and keeps"],
  );
  const codesBeside = (view: LiveIntegration): string[] =>
    planFor([a], { ...world, live: [one, view] }).warnings.map(({ code }) => code);
  assert.deepEqual(planFor([a], world).changes[0]?.action, "keep");
  for (const other of [
    { ...two, identifier: "b" },
    { ...two, type: "SENTRY" },
    { ...two, scope: "PROJECT", projectName: "p" },
  ])
    assert.ok(!codesBeside(other).includes("duplicate"), JSON.stringify(other));
});

test("warns of a key that takes over what the same plan drops from the lockfile", () => {
  const old = desired("old", { ...closed, identifier: "x" });
  const world: PlanWorld = { lock: lockSectionOf({ old: entry(old) }), live: [live(old)], removed: ["old"] };
  assert.deepEqual(warned([desired("new", { ...closed, identifier: "x", fields: { name: "old" } })], world), [
    "adopts-forgotten new: finds hold, which this plan drops from the lockfile as old",
  ]);
  assert.deepEqual(codes([desired("new", closed)], world), []);
});

test("warns of a project's Git link that breaks", () => {
  const world: PlanWorld = {
    lock: lockSectionOf({ old: entry(desired("old")), a: entry(a) }),
    live: [live(desired("old")), live(a)],
  };
  const made = planFor([a], { ...world, flags: { prune: true } });
  const found = withGitLinks(made, [{ project: "web", hashId: "hold" }]).warnings;
  seen.push(...found);
  assert.deepEqual(
    found.map(({ code, key }) => `${code} ${key}`),
    ["breaks-git-link old"],
  );
});

test("warns of an interrupted creation of a key that the file no longer names, if it isn't known what it made", () => {
  const begun = {
    identifier: "x",
    type: "VULTR",
    scope: "PROJECT" as const,
    projectName: "web",
    lifecycle: UNPROTECTED,
  };
  const [one, two] = ["h1", "h2"].map((hashId) => live(inProject("x", "web"), { hashId }));
  assert.ok(one !== undefined && two !== undefined);
  assert.deepEqual(warned([a], { live: [one, two], made: { x: begun } }), [
    "unresolved-creation x: an earlier apply was interrupted while it created this one, and it may be any of h1, h2",
  ]);
  assert.deepEqual(codes([a], { live: [one], made: { x: begun } }), []);
  const unreadable: PlanWorld["parts"] = () => new Map([["PROJECT web", { why: "404" }] as const]);
  assert.deepEqual(warned([a], { made: { x: begun }, parts: unreadable }), [
    "unresolved-creation x: an earlier apply was interrupted while it created this one, and the integrations of the project web can't be read (404), so it isn't known whether this one exists already",
  ]);
  assert.deepEqual(codes([a, inProject("x", "web")], { made: { x: begun }, parts: unreadable }), []);
});

test("warns of a place in a pipeline file that refers to a hash that the plan takes away", () => {
  const world: PlanWorld = {
    lock: lockSectionOf({ old: entry(desired("old")), a: entry(a) }),
    live: [live(desired("old")), live(a)],
  };
  const made = planFor([a], { ...world, flags: { prune: true } });
  const start = { line: 5, column: 16, offset: 80 };
  const context = { pipeline: "Deploy", action: undefined };
  const place = { file: "buddy.yml", at: start, context, takesIdentifier: false, ignored: false };
  const sources = { section: world.lock ?? new Map(), desired: [a], live: new Map() };
  const references = ["hold", "ha"].map((value) => ({ value, ...place }));
  const found = withBreakages(made, references, lostNames(made, sources)).warnings;
  seen.push(...found);
  assert.deepEqual(
    found.map(({ code, key, message }) => `${code} ${key}: ${message}`),
    ["breaks-pipeline old: buddy.yml:5 (Deploy) refers to a hash that is deleted"],
  );
});

test("--assume-sent says which references it doesn't record, and why", () => {
  const token = (variable: string, value?: string) => ({ ...closed, fields: { token: secretOf(variable, value) } });
  const assumed = (wanted: IntegrationWithIds, pattern = "*"): string[] =>
    warned([wanted], {
      lock: lockSectionOf({ a: entry(desired("a", token("T", "1"))) }),
      live: [live(desired("a", closed))],
      flags: { assume_sent: pattern },
    });
  assert.deepEqual(assumed(desired("a", token("T", "1"))), []);
  assert.deepEqual(assumed(desired("a", token("T"))), [
    "not-assumed a: nothing is recorded for token: $T has no value here",
  ]);
  assert.deepEqual(assumed(desired("a", token("T", "2"))), [
    "not-assumed a: nothing is recorded for token: another value was sent before",
  ]);
  assert.deepEqual(assumed(desired("a", token("T", "2")), "a"), []);
  assert.deepEqual(assumed(desired("a", token("U", "1"))), [
    "not-assumed a: nothing is recorded for token: the lockfile has another variable there",
  ]);
});

test("a drift report warns of locked integrations that are gone, and shows no planned changes", () => {
  const [gone, there] = [desired("a"), desired("b")];
  const lock = lockSectionOf({ a: entry(gone), b: entry(there) });
  const plan = planFor([], { live: [live(there)], gone: ["ha"], lock, flags: { prune: true } });
  const drift = driftPart(plan, lock, observed([live(there)], ["ha"]));
  seen.push(...drift.warnings);
  assert.deepEqual([drift.changes, drift.warnings.map(({ code, key }) => [code, key])], [[], [["gone", "a"]]]);
});

test("a drift report shows a field that both the workspace and the file changed, compared with the last sent value", () => {
  const named = (name: string) => desired("a", { fields: { name } });
  const lock = lockSectionOf({ a: entry(named("One")) });
  const driftOf = (inFile: string, inWorkspace: string) => {
    const views = [live(named(inWorkspace))];
    const { changes } = driftPart(planFor([named(inFile)], { live: views, lock }), lock, observed(views, []));
    return changes.flatMap((change) =>
      change.action === "update" ? change.fields.map(({ path, before, after }) => [path, before, after]) : [],
    );
  };
  assert.deepEqual(driftOf("New", "By hand"), [["name", "By hand", "One"]]);
  assert.deepEqual(driftOf("One", "By hand"), [["name", "By hand", "One"]]);
  assert.deepEqual(driftOf("New", "One"), []);
});

test("every warning of a plan is tested above, has a hint and is documented", () => {
  const folder = new URL("../", import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"));
  const written = sources.flatMap((text) =>
    [...text.matchAll(/\bcode: "([a-z-]+)",\s*key\b/g)].map(([, code = ""]) => code),
  );
  assert.deepEqual([...new Set(seen.map(({ code }) => code))].toSorted(), [...new Set(written)].toSorted());
  for (const { code, hint } of seen) assert.notEqual(hint.trim(), "", code);
  const page = readFileSync(new URL("../../../docs/lifecycle.md", import.meta.url), "utf8");
  for (const code of written) assert.match(page, new RegExp(`^\\| \`${code}\` `, "m"), code);
});
