import type { MovingLife, Site, Wanted } from "./arbitrary.ts";

/** The cases that lives are about, and whether a life has them. */
export const TRAITS: Readonly<Record<string, (life: MovingLife) => boolean>> = {
  "the list in parts": ({ list }) => list === "new",
  "everything in each list": ({ list }) => list === "old",
  "an identifier in two projects": ({ steps }) => steps.some(({ wanted }) => isShared(wanted, false)),
  "an identifier in a project and in the workspace": ({ steps }) => steps.some(({ wanted }) => isShared(wanted, true)),
  "a bystander with a wanted identifier": ({ steps, bystanders }) => {
    const names = new Set(steps.flatMap(({ wanted }) => placed(wanted).map(([, identifier]) => identifier)));
    return bystanders.some(({ identifier = "" }) => names.has(identifier));
  },
  "a move between projects": (life) => moves(life).some((sites) => !sites.includes("WORKSPACE")),
  "a move into or out of the workspace": (life) => moves(life).some((sites) => sites.includes("WORKSPACE")),
  "a new key": ({ steps: [first, ...rest] }) =>
    first?.wanted.has("d") === true && rest.some(({ wanted }) => wanted.has("e")),
  "a lost lockfile": ({ steps }) => steps.some(({ lost }) => lost.includes("lockfile")),
  "a lost journal": ({ steps }) => steps.some(({ lost }) => lost.includes("journal")),
  "a lost answer": ({ steps }) => steps.some(({ faults }) => faults.some(({ match }) => match?.method === "POST")),
  "a part that can't be read": ({ steps }) =>
    steps.some(({ faults }) => faults.some(({ match }) => match?.method !== "POST")),
  "an interruption": ({ steps }) => steps.some(({ interruption }) => interruption !== undefined),
  "something done by hand": ({ steps }) => steps.some(({ webEdits }, index) => index > 0 && webEdits.length > 0),
};

function placed(wanted: Wanted): [Site, string][] {
  return [...wanted].map(([key, { site, identifier = key }]) => [site, identifier]);
}

/** Whether two places use one identifier: two projects or, with `withWorkspace`, a project and the workspace. */
function isShared(wanted: Wanted, withWorkspace: boolean): boolean {
  const all = placed(wanted);
  return all.some(([site, identifier]) =>
    all.some(
      ([other, name]) => name === identifier && other !== site && [site, other].includes("WORKSPACE") === withWorkspace,
    ),
  );
}

/** The moves of keys, each from one place to another. */
function moves({ steps }: MovingLife): [Site, Site][] {
  return steps.flatMap(({ wanted }, index) =>
    [...wanted].flatMap(([key, { site }]): [Site, Site][] => {
      const before = steps[index - 1]?.wanted.get(key)?.site;
      return before === undefined || before === site ? [] : [[before, site]];
    }),
  );
}
