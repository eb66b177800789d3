import * as fc from "fast-check";
import { authTypes, typeInfo, typeNames } from "../../src/model/catalog.ts";
import { oddText } from "./lock-arbitrary.ts";

/** A workspace that people filled by hand: any type, scope, permission and name. */
export interface SeededWorkspace {
  readonly list: "new" | "old";
  readonly integrations: readonly Readonly<Record<string, unknown>>[];
}

export const SEED_PROJECTS = ["website", "on"] as const;
export const MINIMAL_TOKEN = "minimal-token";
export const FULL_TOKEN = "full-token";

const LEVELS = ["MANAGE", "USE_ONLY", "DENIED"] as const;
/**
 * Identifiers: several spellings of a key, words that YAML 1.1 reads as another type, and texts that can't be a key.
 */
const IDENTIFIERS = [
  "web",
  "Web",
  "w-e-b",
  "w_e_b",
  "on",
  "null",
  "constructor",
  "ends-",
  "9lives",
  "łódź",
  "aws_prod",
];
const RETURNED = ["app_id", "host_url", "webhook_address", "audience", "google_project", "atop_url", "note"];

const text = fc.oneof(
  oddText.filter((each) => !/\p{Surrogate}/u.test(each)),
  fc.constantFrom(
    "$NAME",
    "$$",
    "Web",
    "on",
    "https://user:pw@host/",
    "https://hooks.example.com/T0/B0",
    "two\nlines",
    "##[x]y",
  ),
);

const grants = fc
  .uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 })
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.constantFrom(...LEVELS).map((level) => ({ id, access_level: level })))),
  );

const place = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ scope: "WORKSPACE" }) },
  { weight: 3, arbitrary: fc.constantFrom(...SEED_PROJECTS).map((name) => ({ scope: "PROJECT", project_name: name })) },
  { weight: 1, arbitrary: fc.constantFrom({ scope: "ENVIRONMENT" }, { scope: "PRIVATE" }) },
);

const integration = fc
  .record({
    type: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...typeNames) },
      { weight: 1, arbitrary: fc.constantFrom("BUDDY", "AMAZN") },
    ),
    name: text.filter((each) => each !== ""),
    identifier: fc.oneof(fc.constantFrom(...IDENTIFIERS), text),
    place,
    disabled: fc.boolean(),
    permissions: fc.record({
      // With less, the token's owner wouldn't see it.
      admins: fc.constantFrom("MANAGE", "USE_ONLY"),
      others: fc.constantFrom(...LEVELS),
      users: grants.map((list) => list.filter(({ id }) => id !== 1)),
      groups: grants,
    }),
    all_pipelines_allowed: fc.boolean(),
    allowed_pipelines: fc.subarray([{ id: 1 }, { id: 2 }, { id: 3 }]),
    fields: fc.dictionary(fc.constantFrom(...RETURNED), text, { noNullPrototype: true, maxKeys: 3 }),
  })
  .chain(({ place: where, fields, ...rest }) => {
    const known = typeInfo(rest.type)?.recipes.flatMap((recipe) => recipe.authTypes) ?? [];
    return fc
      .oneof(fc.constantFrom("", ...known), fc.constantFrom(...authTypes, "BRAND_NEW"))
      .map((authType) => ({ ...fields, ...rest, ...where, auth_type: authType }));
  });

export const seededWorkspace: fc.Arbitrary<SeededWorkspace> = fc.record({
  list: fc.constantFrom("new", "old"),
  integrations: fc
    .array(integration, { minLength: 1, maxLength: 14 })
    .map((all) =>
      all.map((each, index) => ({ ...each, hash_id: `5e391f5aae784b7208de${String(index).padStart(4, "0")}` })),
    ),
});

/** The seed of the emulator, with both tokens. */
export function seedText({ integrations }: SeededWorkspace): string {
  return JSON.stringify({
    users: [{ id: 1, name: "Owner", email: "owner@example.com" }],
    tokens: [
      { name: "full", token: FULL_TOKEN, user: 1, scopes: "all" },
      { name: "minimal", token: MINIMAL_TOKEN, user: 1, scopes: ["INTEGRATION_READ"] },
    ],
    workspaces: {
      "my-company": {
        id: 1,
        members: [
          { id: 1, name: "Owner", email: "owner@example.com", owner: true },
          { id: 2, name: "Twin", email: "twin@example.com" },
          { id: 3, name: "Twin", email: "other@example.com" },
        ],
        groups: [
          { id: 1, name: "$ops\u202e\u0007" },
          { id: 2, name: "same" },
          { id: 3, name: "same" },
        ],
        projects: {
          website: {
            pipelines: [
              { id: 1, name: "deploy" },
              { id: 2, name: "##[deploy]" },
            ],
          },
          on: { pipelines: [{ id: 3, name: "deploy" }] },
        },
        integrations,
      },
    },
  });
}
