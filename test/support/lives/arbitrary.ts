import * as fc from "fast-check";
import type { Fault } from "../../../src/emulator/index.ts";

/** Where an integration belongs, as a file writes it. */
export type Site = "WORKSPACE" | "company-website" | "my-project";

export interface Item {
  readonly site: Site;
  /** Without one the key is it. */
  readonly identifier?: string;
  readonly type: "VULTR" | "SENTRY";
  readonly name: string;
  readonly movedFrom?: string;
}
/** What a file wants, by key. */
export type Wanted = ReadonlyMap<string, Item>;

/** Something that a person does in the web page, to what is locked under a key. */
interface Deed {
  readonly kind: "rename" | "delete";
  readonly key: string;
}

/** When a run is interrupted: at so many writes, or at so many waits, which are those before a look for a lost creation. */
export interface Interruption {
  readonly at: "write" | "wait";
  readonly nth: number;
}

/** A commit, what has happened since the last one, and an apply of it. */
export interface Step {
  readonly wanted: Wanted;
  readonly deeds: readonly Deed[];
  readonly lost: readonly ("lockfile" | "journal")[];
  readonly prune: boolean;
  readonly faults: readonly Fault[];
  readonly interruption: Interruption | undefined;
}

/** Steps under faults; what comes after them is an apply without any. */
export interface MovingLife {
  /** How the server lists: in parts, or everything in each. */
  readonly list: "new" | "old";
  readonly steps: readonly Step[];
  /** Integrations that no file ever names; some have the identifier of a wanted one that belongs elsewhere. */
  readonly bystanders: readonly Item[];
}

const SITES = ["WORKSPACE", "company-website", "my-project"] as const;
const KEYS = ["a", "b", "c", "d"] as const;
/** From some commit on, `d` is called so. */
const RENAMED = "e";
const SHARED = ["shared", "other"] as const;

/** Of a hundred times so many. */
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

/** Whether each key is in the file, and how; what is left alone stays as it was. */
const commit = fc.record({
  items: fc.tuple(...KEYS.map(() => fc.option(item, { freq: 5 }))),
  touched: fc.subarray([...KEYS], { minLength: 1 }),
});

const deed: fc.Arbitrary<Deed> = fc.record({
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
/** A list that fails: after so many readings, or that of one project. */
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
    deeds: fc.array(deed, { maxLength: 2 }),
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

/** A key has the same identifier in a whole life: mostly one that another key has too. */
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

/** Two keys with one identifier in one place are an error of the file: the first has it. */
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
