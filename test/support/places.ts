import { test, type TestContext } from "node:test";

/** The place of a test's integrations, and how the server lists them: `new` in parts, `old` everything in each part. */
export interface Where {
  readonly list: "new" | "old";
  readonly scope: "WORKSPACE" | "PROJECT";
  /** Present exactly when the scope is PROJECT. */
  readonly project?: string;
}

const WEBSITE = "company-website";

/** Both kinds of list show a WORKSPACE-scoped integration in the same way. */
const EVERYWHERE: readonly Where[] = [
  { scope: "WORKSPACE", list: "new" },
  { scope: "PROJECT", project: WEBSITE, list: "new" },
  { scope: "PROJECT", project: WEBSITE, list: "old" },
];

const BOTH_LISTS: readonly Where[] = EVERYWHERE.filter(({ scope }) => scope === "PROJECT");

/** Defines one test for each of several places. */
export interface PlaceTests {
  test(name: string, run: (t: TestContext, where: Where) => Promise<void>): void;
}

/**
 * One test each: WORKSPACE-scoped, PROJECT-scoped on a server that lists in parts, and PROJECT-scoped on a server
 * that lists everything everywhere.
 */
export const everywhere: PlaceTests = testsAt(EVERYWHERE);

/** One test for a server that lists in parts, and one for a server that lists everything everywhere. */
export const bothLists: PlaceTests = testsAt(BOTH_LISTS);

/** The place as it is written in a flow map of integrations.yaml. */
export function inYaml({ scope, project }: Pick<Where, "scope" | "project">): string {
  return project === undefined ? `scope: ${scope}` : `scope: ${scope}, project_name: ${project}`;
}

/** The place as the API takes it. */
export function inBody({ scope, project }: Pick<Where, "scope" | "project">): Readonly<Record<string, string>> {
  return project === undefined ? { scope } : { scope, project_name: project };
}

/** Another place, the target of a replacement. */
export function elsewhere({ project }: Where): Pick<Where, "scope" | "project"> {
  return { scope: "PROJECT", project: project === WEBSITE ? "my-project" : WEBSITE };
}

function testsAt(places: readonly Where[]): PlaceTests {
  return {
    test: (name, run) => {
      for (const where of places) test(`${name} (${where.scope}, ${where.list} list)`, (t) => run(t, where));
    },
  };
}
