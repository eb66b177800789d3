import * as fc from "fast-check";
import type { Json } from "../../src/model/integration.ts";

/** The block of an integration in a file, without its key. */
export type ArbitraryBlock = Readonly<Record<string, Json>>;
export type ArbitraryFile = Readonly<Record<string, ArbitraryBlock>>;

/** A change that a person makes in the web page or with another tool. */
export type ManualEdit =
  | { readonly kind: "rename"; readonly key: string }
  | { readonly kind: "share"; readonly key: string; readonly user: number }
  | { readonly kind: "delete"; readonly key: string };

/** One file is applied, people edit the workspace, another file is applied. */
export interface LifeCase {
  readonly first: ArbitraryFile;
  readonly manualEdits: readonly ManualEdit[];
  readonly second: ArbitraryFile;
  /** Integrations that are in no file. */
  readonly bystanders: readonly ArbitraryBlock[];
}

const KEYS = ["a", "b", "c", "d"] as const;
const level = fc.constantFrom("MANAGE", "USE_ONLY");
const user = fc.constantFrom(1, 3);

/** The token's user is an admin. Admins keep MANAGE; otherwise the token could no longer read the workspace. */
const permissions: fc.Arbitrary<ArbitraryBlock> = fc.record(
  {
    admins: fc.constant("MANAGE"),
    others: fc.constantFrom("USE_ONLY", "DENIED"),
    users: fc.uniqueArray(fc.record({ id: user, access_level: level }, { noNullPrototype: true }), {
      maxLength: 2,
      selector: ({ id }) => id,
    }),
    groups: fc.constantFrom<Json[]>([], [{ id: 1, access_level: "USE_ONLY" }]),
  },
  { requiredKeys: ["admins", "others"], noNullPrototype: true },
);

const credentials: fc.Arbitrary<ArbitraryBlock> = fc.constantFrom<ArbitraryBlock>(
  { type: "VULTR", token: "$ONE" },
  { type: "VULTR", token: "$TWO" },
  { type: "NEW_RELIC", token: "$ONE", region: "EU" },
  { type: "NEW_RELIC", token: "$ONE", region: "US" },
  { type: "AMAZON", access_key: "$ONE", secret_key: "$TWO", role_assumptions: [{ arn: "arn:1" }] },
  { type: "AMAZON", access_key: "$TWO", secret_key: "$TWO", role_assumptions: [] },
  { type: "AZURE_CLOUD", app_id: "app", tenant_id: "tenant", password: "$ONE" },
);
const scope: fc.Arbitrary<ArbitraryBlock> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ scope: "WORKSPACE" }) },
  { weight: 1, arbitrary: fc.constant({ scope: "PROJECT", project_name: "company-website" }) },
);
const options: fc.Arbitrary<ArbitraryBlock> = fc.record(
  {
    permissions,
    all_pipelines_allowed: fc.boolean(),
    allowed_pipelines: fc.constantFrom<Json[]>([], [{ id: 1 }, { id: 123 }]),
    lifecycle: fc.record({ rotate: fc.integer({ min: 1, max: 2 }) }, { noNullPrototype: true }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const block: fc.Arbitrary<ArbitraryBlock> = fc
  .tuple(credentials, scope, options, fc.constantFrom("One", "Two"))
  .map(([first, second, third, name]) => ({ name, ...first, ...second, ...third }));

const file: fc.Arbitrary<ArbitraryFile> = fc.dictionary(fc.constantFrom(...KEYS), block, {
  maxKeys: 4,
  noNullPrototype: true,
});

/** What a commit does to a file: some blocks are unchanged, edited, removed or new, and one may get another key. */
const commit = fc
  .tuple(
    file,
    fc.uniqueArray(fc.constantFrom(...KEYS), { maxLength: 3 }),
    fc.option(fc.constantFrom(...KEYS), { nil: undefined }),
  )
  .map(([fresh, kept, moved]) => (was: ArbitraryFile): ArbitraryFile => {
    const next: Record<string, ArbitraryBlock> = { ...fresh };
    for (const key of kept) if (was[key]) next[key] = was[key];
    const former = moved === undefined ? undefined : was[moved];
    if (moved === undefined || former === undefined) return next;
    const { [moved]: _gone, ...rest } = next;
    const lifecycle = { ...asBlock(former["lifecycle"]), moved_from: [moved] };
    return { ...rest, [`${moved}_new`]: { ...former, lifecycle } };
  });

function asBlock(value: Json | undefined): ArbitraryBlock {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

const manualEdit: fc.Arbitrary<ManualEdit> = fc.oneof(
  fc.record({ kind: fc.constant("rename" as const), key: fc.constantFrom(...KEYS) }),
  fc.record({ kind: fc.constant("share" as const), key: fc.constantFrom(...KEYS), user }),
  fc.record({ kind: fc.constant("delete" as const), key: fc.constantFrom("a", "b") }),
);

export const lifeCase: fc.Arbitrary<LifeCase> = fc
  .tuple(file, fc.array(manualEdit, { maxLength: 3 }), commit, fc.array(block, { maxLength: 2 }))
  .map(([first, manualEdits, next, bystanders]) => ({ first, manualEdits, second: next(first), bystanders }));
