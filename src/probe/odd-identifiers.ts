/** Identifiers that should be refused, each with what is wrong with it. They are sent in this order. */
export function oddIdentifiers(base: string): readonly (readonly [what: string, identifier: string])[] {
  return [
    ["a digit first", `1${base}`],
    ["a hyphen last", `${base}-`],
    ["a dot", `${base}.x`],
    ["a space", `${base} x`],
  ];
}
