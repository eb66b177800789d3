import type { Key } from "../../model/integration.ts";
import { quoteName } from "../../model/printable.ts";
import { keysOf, type ParsedIntegration } from "../parsed-config.ts";
import { childNode, listItems, scalarText, type MapNode, type YamlSpan } from "../yaml/node.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/** The keys of `removed`, each with its place. */
export function removedKeys(root: MapNode): readonly { readonly key: Key; readonly span: YamlSpan }[] {
  return listItems(childNode(root, "removed")).flatMap((item) => {
    const key = scalarText(item);
    return key === undefined ? [] : [{ key, span: item }];
  });
}

/** Checks that no integration is both dropped and wanted. */
export function checkRemoved(root: MapNode, integrations: readonly ParsedIntegration[], report: RuleReporter): void {
  const wanted = new Map(integrations.flatMap((each) => keysOf(each).map((key) => [key, each.key] as const)));
  const seen = new Set<Key>();
  for (const { key, span } of removedKeys(root)) {
    const owner = wanted.get(key);
    if (seen.has(key)) report.error("duplicate-removed", span, `${quoteName(key)} is twice in \`removed\``, "keep one");
    seen.add(key);
    if (owner === key) {
      const hint = "remove its block to drop it from management, or remove the key from `removed` to keep it";
      report.error("removed-and-wanted", span, `${quoteName(key)} is in \`removed\` and in \`integrations\``, hint);
    } else if (owner !== undefined) {
      const message = `${quoteName(key)} is in \`removed\`, and ${quoteName(owner)} is moved from it`;
      report.error(
        "removed-and-wanted",
        span,
        message,
        "decide whether the integration is kept under its new key, or dropped",
      );
    }
  }
}
