import { fieldInfo } from "../../model/catalog.ts";
import { fieldLabel } from "../path-label.ts";
import { readReferenceText, ROLE_TEXTS } from "../references.ts";
import { isSecretName } from "../secret-names.ts";
import { hasUrlCredentials } from "../../model/url-credentials.ts";
import { childNode, type ScalarNode, type YamlNode, type YamlPath } from "../yaml/node.ts";
import type { ParsedIntegration } from "../parsed-config.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/**
 * Reports secrets in plain text that the schema can't see: in `extra`, below names that hint at a secret, and in
 * addresses.
 */
export function checkLiterals({ key, merged }: ParsedIntegration, report: RuleReporter): void {
  for (const [name, { value }] of merged.entries) {
    // A literal in a secret field is an error of the schema already.
    if (name === "lifecycle" || fieldInfo(name)?.secret) continue;
    for (const { node, path } of scalarsUnder(value, [name])) {
      const text = node.text;
      if (readReferenceText(text).kind === "reference" || !hasUrlCredentials(text)) continue;
      report.error(
        "credentials-in-url",
        node,
        `${fieldLabel(key, path)} holds an address with a password`,
        isReferable(path)
          ? "put the whole address into an environment variable and write `$NAME`"
          : "remove the user name and the password",
      );
    }
  }
  const extra = childNode(merged, "extra");
  if (extra?.kind !== "map") return;
  for (const [name, { value }] of extra.entries) {
    // A known field can't be in `extra` at all.
    if (fieldInfo(name) === undefined) checkSecretNames(value, key, ["extra", name], report);
  }
}

function checkSecretNames(node: YamlNode, key: string, path: YamlPath, report: RuleReporter): void {
  for (const scalar of scalarsUnder(node, path)) {
    const named = scalar.path.some((step, depth) => depth > 0 && isSecretName(step));
    const { value, text } = scalar.node;
    const isText = typeof value === "string" || typeof value === "number";
    if (!named || !isText || readReferenceText(text).kind !== "text") continue;
    report.error(
      "literal-secret",
      scalar.node,
      `${fieldLabel(key, scalar.path)} is secret: it must be a reference to the environment`,
      "put the value into an environment variable and write `$NAME`",
    );
  }
}

/** Whether `$NAME` would be a reference there. */
function isReferable([name, ...rest]: YamlPath): boolean {
  if (name === "extra") return true;
  if (name === "role_assumptions") return ROLE_TEXTS.some((text) => text === rest.at(-1));
  return rest.length === 0 && fieldInfo(String(name))?.reference === true;
}

function* scalarsUnder(node: YamlNode, path: YamlPath): Generator<{ node: ScalarNode; path: YamlPath }> {
  if (node.kind === "scalar") yield { node, path };
  else if (node.kind === "list")
    for (const [index, item] of node.items.entries()) yield* scalarsUnder(item, [...path, index]);
  else for (const [name, entry] of node.entries) yield* scalarsUnder(entry.value, [...path, name]);
}
