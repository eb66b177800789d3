import { test, type TestContext } from "node:test";

/** Where the integrations of a test are, and how the server lists them: in parts, or everything in each part. */
export interface Where {
  readonly list: "new" | "old";
  readonly scope: "WORKSPACE" | "PROJECT";
  /** Present exactly when the scope is PROJECT. */
  readonly project?: string;
}

const WEBSITE = "company-website";

/** A WORKSPACE-scoped one is in the list of each server. */
const EVERYWHERE: readonly Where[] = [
  { scope: "WORKSPACE", list: "new" },
  { scope: "PROJECT", project: WEBSITE, list: "new" },
  { scope: "PROJECT", project: WEBSITE, list: "old" },
];

const BOTH_LISTS: readonly Where[] = EVERYWHERE.filter(({ scope }) => scope === "PROJECT");

/** Tests with the same name and the same demands for each of several places. */
export interface PlaceTests {
  test(name: string, run: (t: TestContext, where: Where) => Promise<void>): void;
}

/** One test each: WORKSPACE-scoped; PROJECT-scoped on a server that lists in parts; and on one that lists everything. */
export const everywhere: PlaceTests = testsAt(EVERYWHERE);

/** One test for a server that lists in parts, and one for a server that lists everything everywhere. */
export const bothLists: PlaceTests = testsAt(BOTH_LISTS);

/** As a flow map of integrations.yaml has it. */
export function inYaml({ scope, project }: Pick<Where, "scope" | "project">): string {
  return project === undefined ? `scope: ${scope}` : `scope: ${scope}, project_name: ${project}`;
}

/** As the API has it. */
export function inBody({ scope, project }: Pick<Where, "scope" | "project">): Readonly<Record<string, string>> {
  return project === undefined ? { scope } : { scope, project_name: project };
}

/** Another place, to which a replacement goes. */
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
