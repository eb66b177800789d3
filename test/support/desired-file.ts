/** Files of a checkout, where the tests don't name others. */
export const LOCKFILE = "integrations.lock.yaml";
export const JOURNAL = `${LOCKFILE}.journal`;

/**
 * A line below `integrations:`: a VULTR integration of the workspace that is named like its key, unless these fields say
 * otherwise. Values are YAML, as a person writes them.
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
