import type { SourceFiles } from "./check-layers.ts";

export type DeclarationKind = "type" | "function";

/** `kind name` of a name that several files may declare, and why. */
export type AllowedRepeats = Readonly<Record<string, string>>;

/** Every name that several files declare at their top level, with these files: `type Place: src/a.ts, src/b.ts`. Sorted. */
export function repeatedNames(files: SourceFiles, kind: DeclarationKind, allowed: AllowedRepeats): string[] {
  const places = new Map<string, string[]>();
  for (const [path, text] of files) {
    for (const name of declaredNames(text, kind)) places.set(name, [...(places.get(name) ?? []), path]);
  }
  return [...places]
    .filter(([name, paths]) => paths.length > 1 && allowed[`${kind} ${name}`] === undefined)
    .map(([name, paths]) => `${kind} ${name}: ${paths.toSorted().join(", ")}`)
    .toSorted();
}

/** Every function that one of the files exports and that another file declares too, with that file. Sorted. */
export function repeatedHelpers(files: SourceFiles): string[] {
  const owners = new Map<string, string>();
  for (const [path, text] of files) {
    for (const name of declaredNames(text, "function")) {
      if (new RegExp(`^export (?:async )?(?:function\\*?|const) ${name}\\b`, "m").test(text)) owners.set(name, path);
    }
  }
  return [...files]
    .flatMap(([path, text]) =>
      [...declaredNames(text, "function")].map((name) => ({ path, name, owner: owners.get(name) })),
    )
    .flatMap(({ path, name, owner }) => (owner === undefined || owner === path ? [] : [`${name} of ${owner}: ${path}`]))
    .toSorted();
}

// The sources are formatted, so a declaration of the top level begins a line.
const MODIFIERS = "(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?";
const DECLARATIONS: Readonly<Record<DeclarationKind, readonly RegExp[]>> = {
  type: [new RegExp(`^${MODIFIERS}(?:type|interface|class|enum) ([\\w$]+)`, "gm")],
  function: [
    new RegExp(`^${MODIFIERS}function\\*? ?([\\w$]+)`, "gm"),
    // A constant whose value begins with `(`, `x =>`, `<T>` or `async`, perhaps on the next line, after its type.
    new RegExp(`^${MODIFIERS}const ([\\w$]+)(?:: [^\\n]+?)? =\\s+(?:async )?(?:\\(|<|[\\w$]+ =>)`, "gm"),
  ],
};

function declaredNames(text: string, kind: DeclarationKind): ReadonlySet<string> {
  const found = DECLARATIONS[kind].flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = ""]) => name));
  return new Set(found);
}
