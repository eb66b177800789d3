import * as fc from "fast-check";
import type { Fault } from "../../../src/emulator/index.ts";

/** The scope or project of an integration, as a file writes it. */
export type Site = "WORKSPACE" | "company-website" | "my-project";

export interface Item {
  readonly site: Site;
  /** Default: the key. */
  readonly identifier?: string;
  readonly type: "VULTR" | "SENTRY";
  readonly name: string;
  readonly movedFrom?: string;
}
/** What a file wants, by key. */
export type Wanted = ReadonlyMap<string, Item>;

/** What a person does in the web page to the integration that is locked under a key. */
interface WebEdit {
  readonly kind: "rename" | "delete";
  readonly key: string;
}

/** When a run is interrupted: at the nth write, or at the nth wait. A run waits before it looks for a lost creation. */
export interface Interruption {
  readonly at: "write" | "wait";
  readonly nth: number;
}

/** A commit, what happened since the one before, and the apply of the commit. */
export interface Step {
  readonly wanted: Wanted;
  readonly webEdits: readonly WebEdit[];
  readonly lost: readonly ("lockfile" | "journal")[];
  readonly prune: boolean;
  readonly faults: readonly Fault[];
  readonly interruption: Interruption | undefined;
}

/** Steps with faults. An apply without faults follows them. */
export interface MovingLife {
  /** How the server lists: `new` in parts, `old` everything in each part. */
  readonly list: "new" | "old";
  readonly steps: readonly Step[];
  /** Integrations that are in no file. Some have the identifier of a desired one in another place. */
  readonly bystanders: readonly Item[];
}

const SITES = ["WORKSPACE", "company-website", "my-project"] as const;
const KEYS = ["a", "b", "c", "d"] as const;
/** The key of `d` from some commit on. */
const RENAMED = "e";
const SHARED = ["shared", "other"] as const;

/** A list with one value in `percent` of the cases, otherwise an empty list. */
function sometimes<T>(arbitrary: fc.Arbitrary<T>, percent: number): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 100 - percent, arbitrary: fc.constant<T[]>([]) },
    { weight: percent, arbitrary: arbitrary.map((value) => [value]) },
  );
}

const site = fc.constantFrom(...SITES);
const item = fc.record(
  {
    site,
    type: fc.oneof(
      { weight: 7, arbitrary: fc.constant("VULTR" as const) },
      { weight: 1, arbitrary: fc.constant("SENTRY" as const) },
    ),
    name: fc.constantFrom("One", "Two"),
  },
  { noNullPrototype: true },
);

/** What a commit says about each key. A key that it leaves out stays unchanged. */
const commit = fc.record({
  items: fc.tuple(...KEYS.map(() => fc.option(item, { freq: 5 }))),
  touched: fc.subarray([...KEYS], { minLength: 1 }),
});

const webEdit: fc.Arbitrary<WebEdit> = fc.record({
  kind: fc.constantFrom("rename", "delete"),
  key: fc.constantFrom(...KEYS),
});

const times = { times: 2, match: { method: "POST" } };
const lostAnswer = fc.constantFrom<Fault>(
  { kind: "reset", when: "before", ...times },
  { kind: "reset", when: "after", ...times },
  { kind: "error", when: "before", ...times },
  { kind: "error", when: "after", ...times },
  { kind: "truncate", bytes: 20, ...times },
  { kind: "reset", when: "after", match: { method: "POST" } },
  { kind: "error", when: "after", nth: 2, match: { method: "POST" } },
);
/** Lists that fail: all after some reads, or those of one project. */
const lostList: fc.Arbitrary<Fault> = fc.oneof(
  fc.integer({ min: 1, max: 5 }).map((after): Fault => {
    return { kind: "error", status: 500, after, match: { method: "GET", pathPattern: "/integrations$" } };
  }),
  fc.constantFrom("company-website", "my-project").map((project): Fault => {
    return { kind: "reject", status: 403, message: "Access denied", match: { path: `project_name=${project}` } };
  }),
);

const interruption: fc.Arbitrary<Interruption> = fc.record({
  at: fc.constantFrom("write", "wait"),
  nth: fc.integer({ min: 1, max: 3 }),
});

const mishap = fc.record(
  {
    webEdits: fc.array(webEdit, { maxLength: 2 }),
    lost: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.constant(["lockfile" as const]) },
      { weight: 1, arbitrary: fc.constant(["journal" as const]) },
      { weight: 1, arbitrary: fc.constant(["lockfile" as const, "journal" as const]) },
    ),
    prune: fc.boolean(),
    faults: fc.tuple(sometimes(lostAnswer, 60), sometimes(lostList, 30)).map((each) => each.flat()),
    interruption: sometimes(interruption, 40).map(([first]) => first),
  },
  { noNullPrototype: true },
);

/** A key keeps its identifier for a whole life. Mostly another key has the same one. */
const identifiers = fc.tuple(...KEYS.map(() => fc.option(fc.constantFrom(...SHARED), { freq: 4, nil: undefined })));

export const movingLife: fc.Arbitrary<MovingLife> = fc
  .record({
    list: fc.constantFrom("new", "old"),
    identifiers,
    renamedAt: fc.integer({ min: 1, max: 4 }),
    steps: fc.array(fc.tuple(commit, mishap), { minLength: 2, maxLength: 4 }),
    bystanders: fc.array(fc.tuple(fc.constantFrom(...SHARED, ...KEYS), item), { maxLength: 5 }),
  })
  .map(({ list, identifiers: names, renamedAt, steps, bystanders }) => {
    let now: readonly (Item | undefined)[] = [];
    const lived = steps.map(([{ items, touched }, rest], index): Step => {
      now = KEYS.map((key, at) => (index === 0 || touched.includes(key) ? (items[at] ?? undefined) : now[at]));
      const named = now.map((each, at): Item | undefined => {
        const identifier = names[at];
        if (each === undefined) return undefined;
        return { ...each, name: `${KEYS[at]} ${each.name}`, ...(identifier === undefined ? {} : { identifier }) };
      });
      return { ...rest, wanted: lifeFileOf(named, index >= renamedAt) };
    });
    const taken = new Set(
      lived.flatMap(({ wanted }) =>
        [...wanted].flatMap(([key, { site: at, identifier = key, movedFrom = key }]) =>
          [identifier, key, movedFrom].map((name) => `${at} ${name}`),
        ),
      ),
    );
    const strangers = bystanders.flatMap(([identifier, each]) =>
      taken.has(`${each.site} ${identifier}`) ? [] : [{ ...each, identifier }],
    );
    return { list, steps: lived, bystanders: strangers };
  });

/** Two keys with one identifier in one place are an error of the file, so only the first keeps it. */
function lifeFileOf(items: readonly (Item | undefined)[], isRenamed: boolean): Wanted {
  const seen = new Set<string>();
  const file = new Map<string, Item>();
  for (const [at, given] of items.entries()) {
    const former = KEYS[at];
    if (given === undefined || former === undefined) continue;
    const isNew = former === "d" && isRenamed;
    const key = isNew ? RENAMED : former;
    const place = `${given.site} ${given.identifier ?? key}`;
    if (!seen.has(place)) file.set(key, isNew ? { ...given, movedFrom: former } : given);
    seen.add(place);
  }
  return file;
}
