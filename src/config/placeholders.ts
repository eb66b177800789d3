/** Placeholders that secret managers replace, recognised by the whole value. */
const PLACEHOLDERS: readonly { readonly pattern: RegExp; readonly form: string; readonly tool: string }[] = [
  { pattern: /^ENC\[.+\]$/s, form: "ENC[…]", tool: "SOPS (`sops exec-env`) or eyaml" },
  { pattern: /^op:\/\/\S/, form: "op://…", tool: "1Password (`op run`)" },
  { pattern: /^ref\+[\w+-]+:\/\/\S/, form: "ref+…://…", tool: "vals (`vals exec`)" },
  { pattern: /^\$\{\{.*\}\}$/s, form: "${{ … }}", tool: "GitHub Actions (only within a workflow file)" },
  { pattern: /^!encrypted\s/, form: "!encrypted …", tool: "Buddy (only within its own YAML)" },
  { pattern: /^(?:>>)?vault:[^\s#]+#\S/, form: "vault:…#…", tool: "Bank-Vaults (`vault-env`)" },
  { pattern: /^\{\{.*\}\}$/s, form: "{{ … }}", tool: "a template engine, such as Vault Agent's" },
];

export interface Placeholder {
  /** Its form, without its content. */
  readonly form: string;
  /** The tool that should have replaced it by the value. */
  readonly tool: string;
}

/**
 * The placeholder that a value certainly is. If it were sent, it would overwrite a good value, which the API never
 * returns.
 */
export function placeholderIn(value: string): Placeholder | undefined {
  const trimmed = value.trim();
  return PLACEHOLDERS.find(({ pattern }) => pattern.test(trimmed));
}
