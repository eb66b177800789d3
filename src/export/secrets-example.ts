import type { Key } from "../model/integration.ts";

/** A variable that an integration can use. */
export interface ExampleVariable {
  readonly key: Key;
  readonly field: string;
  readonly variable: string;
  /** Whether the file refers to it; otherwise only a comment does. */
  readonly isUsed: boolean;
}

const HEAD = `# Copy this to secrets.env, fill it in, keep it out of git, and pass it with --secrets-file secrets.env.
# Lines that begin with # are for credentials that integrations.yaml doesn't manage yet.
`;

/** `secrets.env.example`: every variable, without a value. */
export function secretsExample(variables: readonly ExampleVariable[]): string {
  return `${HEAD}${exampleLines(variables)}`;
}

/** Only the lines of variables, for an existing file. */
export function exampleLines(variables: readonly ExampleVariable[]): string {
  const byKey = new Map<Key, ExampleVariable[]>();
  for (const each of variables) byKey.set(each.key, [...(byKey.get(each.key) ?? []), each]);
  return [...byKey]
    .map(([key, own]) => {
      const lines = own.map(({ variable, isUsed }) => `${isUsed ? "" : "# "}${variable}=\n`);
      return `\n# ${key}: ${own.map(({ field }) => field).join(", ")}\n${lines.join("")}`;
    })
    .join("");
}
