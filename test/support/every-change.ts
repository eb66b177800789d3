import type { Change, Plan } from "../../src/plan/change.ts";
import type { FieldChange } from "../../src/plan/field-change.ts";

export const SAMPLE_HASH = "5e391f5aae784b7208de0d0a";
const OTHER_SAMPLE_HASH = "NLVaDzgp6W2qJljaQlJOoYdmZ3";

/** A field that the file changed and the API shows. */
export function editedField(path: string, before: FieldChange["after"], after: FieldChange["after"]): FieldChange {
  return { path, before, after, reason: "edited", compared_with: "live", basis: "file" };
}

/** A field of a creation. */
export function createdField(path: string, after: FieldChange["after"]): FieldChange {
  return { path, after, reason: "edited", compared_with: "nothing", basis: "file" };
}

const NEEDS_ALLOW_REPLACE = {
  code: "needs-allow-replace",
  message: "a field that can't change differs, so a new integration with a new hash would replace this one",
  hint: "allow it with --allow-replace; pipelines then need the new hash (refs --write)",
} as const;

/** One change of each kind, in the order of a plan. */
export const EVERY_CHANGE: readonly Change[] = [
  { action: "rename", key: "aws_prod", type: "AMAZON", name: "AWS production", hash_id: SAMPLE_HASH, from: "aws" },
  {
    action: "record",
    key: "sentry",
    type: "SENTRY",
    name: "Sentry",
    hash_id: SAMPLE_HASH,
    details: [
      { path: "last_sent.name", before: "Old", after: "Sentry" },
      { path: "last_sent.password" },
      { path: "last_sent.region", before: "EU" },
      { path: "last_sent.token", before: { $secret: "SENTRY_TOKEN" }, after: { $secret: "OTHER_TOKEN" } },
      { path: "lifecycle.protect", before: true, after: false },
    ],
    basis: "file",
  },
  {
    action: "adopt",
    key: "gitlab",
    type: "GIT_LAB",
    name: "GitLab",
    hash_id: SAMPLE_HASH,
    via: "key",
    origin: "adopted",
    identifier: "gitlab",
    scope: "WORKSPACE",
    details: [{ path: "last_sent.name", after: "GitLab" }],
    supersedes: [],
    differences: [],
    unknown: [{ path: "token", why: "no-value" }],
  },
  {
    action: "adopt",
    key: "github",
    type: "GIT_HUB",
    name: "GitHub",
    hash_id: OTHER_SAMPLE_HASH,
    via: "identifier",
    origin: "adopted",
    identifier: "github",
    scope: "WORKSPACE",
    details: [{ path: "lifecycle.protect", before: false, after: true }],
    supersedes: [],
    differences: [editedField("name", "My GitHub", "GitHub")],
    unknown: [],
    refused: {
      code: "needs-adopt",
      message: "an integration with this identifier exists and differs from the file in name",
      hint: `allow it with --adopt, or with lifecycle.import: ${OTHER_SAMPLE_HASH}`,
    },
  },
  {
    action: "update",
    key: "aws_prod",
    type: "AMAZON",
    name: "AWS production",
    hash_id: SAMPLE_HASH,
    fields: [
      {
        path: "access_key",
        before: { $hidden: "last sent" },
        after: { $secret: "AWS_KEY" },
        reason: "rotated",
        compared_with: "last sent",
        basis: "secret",
      },
      editedField(
        "allowed_pipelines",
        [1, 2, 3, 4, 5, 6, 7, 8],
        [1, 2, 3, 4, 5, 6, 7, { $pending: "company-website/new" }],
      ),
      editedField("name", "AWS", "AWS production"),
      {
        path: "permissions.others",
        before: "USE_ONLY",
        after: "DENIED",
        reason: "drift",
        compared_with: "live",
        basis: "file",
      },
      editedField("permissions.users", [{ id: 1, access_level: "MANAGE" }], [{ id: 1, access_level: "USE_ONLY" }]),
    ],
    unknown: [],
    carried: [
      { name: "role_assumptions", compared: "unchanged" },
      { name: "secret_key", compared: "unknown" },
    ],
    lifecycle: [],
    pending: ["company-website/new"],
  },
  {
    action: "update",
    key: "relic",
    type: "NEW_RELIC",
    name: "Überwachung 監視",
    hash_id: OTHER_SAMPLE_HASH,
    fields: [
      { path: "region", before: "EU", after: "US", reason: "edited", compared_with: "last sent", basis: "file" },
      {
        path: "token",
        after: { $secret: "RELIC_TOKEN" },
        reason: "never-sent",
        compared_with: "nothing",
        basis: "secret",
      },
    ],
    unknown: [
      { path: "extra.a", why: "no-fingerprint" },
      { path: "extra.b", why: "no-key" },
      { path: "extra.c", why: "other-key" },
      { path: "permissions.admins", why: "not-shown" },
      { path: "permissions.others", why: "not-shown" },
      { path: "username", why: "no-value" },
    ],
    carried: [{ name: "name", compared: "unchanged" }],
    lifecycle: [{ path: "lifecycle.rotate", before: 1, after: 2 }],
    pending: [],
  },
  {
    action: "create",
    key: "docker",
    type: "DOCKER_HUB",
    name: "Docker Hub",
    identifier: "docker",
    scope: "PROJECT",
    project_name: "company-website",
    fields: [
      createdField("name", "Docker Hub"),
      createdField("password", { $secret: "DOCKER_PASSWORD" }),
      createdField("username", "buddy"),
      createdField("permissions.admins", "MANAGE"),
      createdField("permissions.groups", []),
      createdField("extra.colours", { main: "red", second: { $secret: "COLOUR" } }),
    ],
    lifecycle: [{ path: "lifecycle.protect", before: false, after: true }],
    supersedes: [],
    pending: [],
  },
  {
    action: "create",
    key: "slack",
    type: "SLACK",
    name: "Slack",
    identifier: "slack",
    scope: "WORKSPACE",
    fields: [
      createdField("webhook_address", { $hidden: "in the file", digest: "sha256:0123456789abcdef0123456789abcdef" }),
    ],
    lifecycle: [],
    recreates: OTHER_SAMPLE_HASH,
    supersedes: [OTHER_SAMPLE_HASH],
    pending: [],
  },
  {
    action: "replace",
    key: "vultr",
    type: "VULTR",
    name: "Vultr",
    hash_id: SAMPLE_HASH,
    identifier: "vultr",
    scope: "WORKSPACE",
    forces: [editedField("scope", "PROJECT", "WORKSPACE")],
    fields: [createdField("name", "Vultr"), createdField("token", { $secret: "VULTR_TOKEN" })],
    carried_over: ["permissions.admins", "permissions.others"],
    lifecycle: [],
    pending: [],
  },
  {
    action: "replace",
    key: "rollbar",
    type: "ROLLBAR",
    name: "Rollbar",
    hash_id: OTHER_SAMPLE_HASH,
    identifier: "rollbar",
    scope: "WORKSPACE",
    forces: [editedField("type", "SENTRY", "ROLLBAR")],
    fields: [createdField("token", { $secret: "ROLLBAR_TOKEN" })],
    carried_over: [],
    lifecycle: [],
    pending: [],
    refused: NEEDS_ALLOW_REPLACE,
  },
  { action: "delete", key: "old", type: "LOGGLY", name: "Old", hash_id: SAMPLE_HASH, which: "current" },
  { action: "delete", key: "vultr", type: "VULTR", name: "Vultr", hash_id: OTHER_SAMPLE_HASH, which: "set-aside" },
  {
    action: "delete",
    key: "prod_db",
    type: "UPCLOUD",
    name: "Production",
    hash_id: OTHER_SAMPLE_HASH,
    which: "current",
    refused: {
      code: "protected",
      message: "it is protected (lifecycle.protect) and would be deleted",
      hint: "set lifecycle.protect: false in the file and apply that first",
    },
  },
  { action: "forget", key: "lost", type: "SENTRY", name: "Lost", hash_id: SAMPLE_HASH, why: "gone", details: [] },
  {
    action: "forget",
    key: "kept_there",
    type: "SENTRY",
    name: "Kept",
    hash_id: OTHER_SAMPLE_HASH,
    why: "retain",
    details: [{ path: "lifecycle.protect", before: true }],
  },
  {
    action: "forget",
    key: "dropped",
    type: "SENTRY",
    name: "Dropped",
    hash_id: SAMPLE_HASH,
    why: "removed",
    details: [{ path: "superseded", before: [OTHER_SAMPLE_HASH] }],
  },
  { action: "orphan", key: "left", type: "DATADOG", name: "Left", hash_id: SAMPLE_HASH, which: "current" },
  { action: "orphan", key: "left", type: "DATADOG", name: "Left", hash_id: OTHER_SAMPLE_HASH, which: "superseded" },
  {
    action: "conflict",
    key: "twin",
    type: "SENTRY",
    name: "Twin",
    candidates: [
      { hash_id: SAMPLE_HASH, type: "SENTRY", name: "Twin", identifier: "twin", scope: "WORKSPACE" },
      {
        hash_id: OTHER_SAMPLE_HASH,
        type: "SENTRY",
        name: "Twin",
        identifier: "twin",
        scope: "PROJECT",
        project_name: "my-project",
        owner: "other",
      },
    ],
    refused: {
      code: "conflict",
      message: "2 integrations have the identifier twin",
      hint: "name the right one with lifecycle.import, or give this one another identifier",
    },
  },
  {
    action: "keep",
    key: "same",
    type: "VULTR",
    name: "Same",
    hash_id: SAMPLE_HASH,
    unknown: [{ path: "token", why: "no-value" }],
  },
];

/** A plan with these changes. */
export function planOfChanges(changes: readonly Change[], more: Partial<Plan> = {}): Plan {
  return {
    api: "https://api.eu.buddy.works",
    workspace: "my-company",
    flags: { adopt: false, allow_replace: false, prune: false, resend: [], only: [] },
    empty_lock: false,
    offline: false,
    changes,
    warnings: [],
    unsent: [],
    left_out: 0,
    names: { pipelines: { 1: "deploy", 8: "tests" }, users: { 1: "dev@example.com" }, groups: {} },
    ...more,
  };
}

/** Every kind of change, with warnings. */
export const EVERY_CHANGE_PLAN: Plan = planOfChanges(EVERY_CHANGE, {
  left_out: 2,
  unsent: [
    { key: "aws_prod", path: "secret_key", variable: "AWS_SECRET", value: "not here", needs: "role_assumptions" },
    { key: "relic", path: "token", variable: "RELIC_TOKEN", value: "here" },
    { key: "same", path: "token", variable: "SAME_TOKEN", value: "not here" },
  ],
  warnings: [
    {
      code: "pending-pipeline",
      key: "aws_prod",
      path: "allowed_pipelines",
      message:
        "the pipeline company-website/new doesn't exist yet; until it exists, an apply of this integration fails",
      hint: "create the pipeline first, or correct its name",
    },
    ...["docker", "slack", "vultr"].map((key) => ({
      code: "open-to-everyone" as const,
      key,
      message: "will be usable by everyone and by all pipelines",
      hint: "limit it with permissions, or with all_pipelines_allowed: false and allowed_pipelines",
    })),
  ],
});
