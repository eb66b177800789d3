import * as fc from "fast-check";
import type { LockEntry, LockedLifecycle } from "../../src/model/lockfile.ts";
import type {
  AccessLevel,
  IntegrationWithIds,
  Grant,
  LiveIntegration,
  IdWithLabel,
  PendingPipeline,
  Scope,
  FieldValue,
} from "../../src/model/integration.ts";
import type { PlanFlags } from "../../src/plan/change.ts";
import type { InterruptedCreate } from "../../src/plan/input.ts";
import { temporaryIdentifier } from "../../src/plan/match/temporary-identifier.ts";
import { Secret } from "../../src/model/secret.ts";
import { desired, entry, live, type PlanWorld } from "./builders.ts";

/** Only a few keys, so that cases combine: removed and created, renamed onto each other, named by a journal. */
const KEYS = ["a", "b", "c", "d", "e"] as const;
const key = fc.constantFrom(...KEYS);

const level = fc.constantFrom<AccessLevel>("MANAGE", "USE_ONLY", "DENIED");
const numbered = fc.record({ id: fc.integer({ min: 1, max: 4 }), label: fc.constantFrom("x", "y") });
const grants: fc.Arbitrary<Grant<IdWithLabel>[]> = fc.uniqueArray(fc.record({ who: numbered, level }), {
  maxLength: 2,
  selector: ({ who }) => who.id,
});
const permissions = fc.record(
  { admins: level, others: level, users: grants, groups: grants },
  { requiredKeys: ["admins", "others"], noNullPrototype: true },
);
const pipelines: fc.Arbitrary<(IdWithLabel | PendingPipeline)[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: numbered }, { weight: 1, arbitrary: fc.constant({ pending: "web/later" }) }),
  { maxLength: 2 },
);

/** A secret with one of two values. */
const secret = fc
  .tuple(fc.constantFrom("T", "U"), fc.constantFrom("1", "2"))
  .map(([name, value]) => new Secret(name, value));
const text: fc.Arbitrary<FieldValue> = fc.oneof(fc.constantFrom("x", "y"), secret);

const fields = fc.oneof(
  fc.record({ type: fc.constant("VULTR"), fields: fc.record({ token: secret }, { noNullPrototype: true }) }),
  fc.record({
    type: fc.constant("AMAZON"),
    fields: fc.record(
      {
        access_key: secret,
        secret_key: secret,
        role_assumptions: fc.array(fc.record({ arn: text, external_id: text }, { noNullPrototype: true }), {
          maxLength: 2,
        }),
        auth_type: fc.constantFrom("DEFAULT", "OIDC"),
      },
      { requiredKeys: ["access_key", "secret_key"], noNullPrototype: true },
    ),
  }),
  fc.record({
    type: fc.constant("AZURE_CLOUD"),
    fields: fc.record(
      { app_id: text, tenant_id: text, password: secret, audience: text },
      { requiredKeys: ["app_id", "tenant_id", "password"], noNullPrototype: true },
    ),
  }),
);
const place = fc.constantFrom<{ scope: Scope; projectName?: string }>(
  { scope: "WORKSPACE" },
  { scope: "PROJECT", projectName: "web" },
  { scope: "PROJECT", projectName: "shop" },
);

const name = fc.constantFrom<FieldValue>("One", "Two", new Secret("NAME", "One"));
const options = fc.record(
  { permissions, allowedPipelines: pipelines, extra: fc.record({ new_field: text }, { noNullPrototype: true }) },
  { requiredKeys: [], noNullPrototype: true },
);
const lifecycleOptions = fc.record(
  { protect: fc.boolean(), onRemove: fc.constantFrom("delete", "retain"), rotate: fc.integer({ min: 1, max: 2 }) },
  { requiredKeys: [], noNullPrototype: true },
);

/** A desired integration of this key. */
function desiredOf(of: string): fc.Arbitrary<IntegrationWithIds> {
  return fc
    .record({
      base: fields,
      where: place,
      name,
      options,
      identifier: rarely(fc.constantFrom("a", "b", "given")),
      usual: lifecycleOptions,
    })
    .map(({ base, where, name: called, options: chosen, identifier, usual: lifecycle }) =>
      desired(of, {
        ...chosen,
        ...(identifier === undefined ? {} : { identifier }),
        type: base.type,
        ...where,
        fields: { ...base.fields, name: called },
        lifecycle,
      }),
    );
}

/** What a commit may do to an integration of this key. `undefined` removes it. */
function commitTo(of: string): fc.Arbitrary<(was: IntegrationWithIds | undefined) => IntegrationWithIds | undefined> {
  const movedFrom = fc.uniqueArray(
    key.filter((each) => each !== of),
    { minLength: 1, maxLength: 2 },
  );
  const change = fc.record({
    fresh: desiredOf(of),
    name: rarely(name),
    options: rarely(options),
    where: rarely(place),
    rotated: rarely(secret),
    usual: rarely(lifecycleOptions),
    movedFrom: rarely(movedFrom),
    import: rarely(fc.constantFrom("ha", "hb", "hnew", "hnone")),
    unmanaged: rarely(fc.constant(true)),
  });
  const edited = change.map(({ fresh, ...to }) => (was: IntegrationWithIds | undefined): IntegrationWithIds => {
    const base = was ?? fresh;
    const { projectName: _projectName, ...rest } = base;
    const secrets = [...base.fields].filter(([, value]) => to.rotated !== undefined && value instanceof Secret);
    return {
      ...(to.where === undefined ? base : { ...rest, ...to.where }),
      ...(to.options && "permissions" in to.options ? { permissions: to.options.permissions } : {}),
      ...(to.options && "allowedPipelines" in to.options ? { allowedPipelines: to.options.allowedPipelines } : {}),
      fields: new Map<string, FieldValue>([
        ...base.fields,
        ...(to.name === undefined ? [] : [["name", to.name] as const]),
        ...secrets.map(([field]) => [field, to.rotated ?? null] as const),
      ]),
      lifecycle: {
        ...base.lifecycle,
        ...to.usual,
        ...(to.movedFrom === undefined ? {} : { movedFrom: to.movedFrom }),
        ...(to.import === undefined ? {} : { import: to.import }),
        ...(to.unmanaged ? { credentials: "unmanaged" } : {}),
      },
    };
  });
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant((was: IntegrationWithIds | undefined) => was) },
    { weight: 1, arbitrary: fc.constant(() => undefined) },
    { weight: 4, arbitrary: edited },
    { weight: 1, arbitrary: desiredOf(of).map((fresh) => () => fresh) },
  );
}

/** Mostly undefined. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const mostly = fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });

/** What happened to a locked integration in the workspace. */
const fate = fc.oneof(
  { weight: 9, arbitrary: fc.constant("there" as const) },
  fc.constantFrom("gone" as const, "renamed" as const, "set aside" as const, "drifted" as const),
);

/**
 * One key: its old block, whether that is locked, what happened to it in the workspace, and what a commit does to it.
 */
const keyHistory = (of: string) =>
  fc.record({
    was: fc.option(desiredOf(of), { nil: undefined, freq: 4 }),
    edit: commitTo(of),
    isLocked: mostly,
    fate,
    former: fc.boolean(),
    drift: fc.record({ permissions, name, allPipelinesAllowed: fc.boolean(), disabled: fc.boolean() }),
    hasTwin: mostly.map((is) => !is),
  });

export interface PlanCase {
  readonly wanted: readonly IntegrationWithIds[];
  readonly world: PlanWorld;
}

const flags: fc.Arbitrary<Partial<PlanFlags>> = fc.record(
  {
    adopt: fc.boolean(),
    allow_replace: fc.boolean(),
    prune: fc.boolean(),
    max_deletions: fc.constantFrom(0, 2, 100),
    resend: fc.constantFrom<string[]>([], ["*"], ["a"], ["b.name"]),
    only: fc.constantFrom<string[]>([], [], [], ["a"], ["a", "c"], ["[a-c]", "b*"]),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const made: fc.Arbitrary<Record<string, InterruptedCreate>> = fc.dictionary(
  key,
  fc.record(
    {
      hashId: fc.constantFrom("hnew", "hb", "hnone"),
      identifier: fc.constantFrom("a", "b"),
      type: fc.constantFrom("VULTR", "AMAZON"),
      scope: fc.constant("WORKSPACE"),
      lifecycle: fc.constantFrom<LockedLifecycle>(
        { protect: false, onRemove: "delete" },
        { protect: true, onRemove: "retain" },
      ),
    },
    { requiredKeys: ["identifier", "type", "scope", "lifecycle"], noNullPrototype: true },
  ),
  { maxKeys: 1, noNullPrototype: true },
);

/** A random file, lockfile, workspace, journal and flags; unlikely combinations too. */
export const planCase: fc.Arbitrary<PlanCase> = fc
  .record({
    lives: fc.tuple(...KEYS.map(keyHistory)),
    flags,
    made: fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: made }),
    unmanaged: rarely(desiredOf("new")),
  })
  .map(({ lives, flags: chosen, made: journal, unmanaged }) => {
    const lock = new Map<string, LockEntry>();
    const found: LiveIntegration[] = unmanaged === undefined ? [] : [live(unmanaged, { identifier: "a" })];
    const gone: string[] = ["hnone", ...(unmanaged === undefined ? ["hnew"] : [])];
    for (const [index, each] of lives.entries()) {
      const { was, fate: what } = each;
      if (was === undefined) continue;
      const answered = live(was);
      const view = viewAfter(answered, what, each.drift);
      if (view === undefined) gone.push(answered.hashId);
      else found.push(view);
      if (each.hasTwin) found.push(live(was, { hashId: `twin${index}` }));
      const old = live(was, { hashId: `old${index}`, identifier: temporaryIdentifier(was.key, `old${index}`) });
      if (each.former) found.push(old);
      const superseded = each.former ? [old.hashId] : [];
      if (each.isLocked) lock.set(was.key, entry(was, answered, { superseded }));
    }
    const now = lives.flatMap(({ was, edit: change }) => change(was) ?? []);
    return { wanted: now, world: { lock, live: found, gone, flags: chosen, made: journal } };
  });

function viewAfter(
  view: LiveIntegration,
  what: "there" | "gone" | "renamed" | "set aside" | "drifted",
  drift: {
    readonly permissions: LiveIntegration["permissions"] & object;
    readonly name: FieldValue | undefined;
  } & Pick<LiveIntegration, "disabled">,
): LiveIntegration | undefined {
  switch (what) {
    case "there":
      return view;
    case "gone":
      return undefined;
    case "renamed":
      return { ...view, identifier: "other" };
    case "set aside":
      return { ...view, identifier: temporaryIdentifier(view.identifier ?? "", view.hashId) };
    case "drifted":
      return { ...view, ...drift, name: typeof drift.name === "string" ? drift.name : "Three" };
    default:
      return what satisfies never;
  }
}
