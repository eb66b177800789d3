/** The usual file names of a checkout. */
export const LOCKFILE = "integrations.lock.yaml";
export const JOURNAL = `${LOCKFILE}.journal`;

/**
 * A line below `integrations:`: a VULTR integration of the workspace whose name is its key. `fields` replaces these
 * defaults. Its values are YAML, as a person writes them.
 */
export function block(key: string, fields: Readonly<Record<string, string>> = {}): string {
  const all = { type: "VULTR", name: key, scope: "WORKSPACE", token: "$TOKEN", ...fields };
  return `${key}: { ${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ")} }`;
}

/** The text of integrations.yaml with these lines. */
export function fileOf(...blocks: readonly string[]): string {
  return `version: 1\nintegrations:\n${blocks.map((text) => `  ${text}\n`).join("")}`;
}
