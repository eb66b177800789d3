import { fieldInfo } from "../../model/catalog.ts";
import { childNode, spanAtPath, type YamlNode, type YamlPath } from "../yaml/node.ts";
import { readReferenceText, referenceTexts } from "../references.ts";
import { fieldLabel, pathLabel } from "../path-label.ts";
import { quoteName } from "../../model/printable.ts";
import type { ParsedIntegration } from "../parsed-config.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/** Reports `$…` that isn't a reference, and fields that `extra` can't hold. */
export function checkValues({ key, merged }: ParsedIntegration, report: RuleReporter): void {
  for (const { node, path, text } of referenceTexts(merged)) {
    const [name] = path;
    // A secret that isn't a reference, and a public text that begins with `$`, are errors of the schema already.
    const info = path.length === 1 && typeof name === "string" ? fieldInfo(name) : undefined;
    if (info?.secret || info?.public) continue;
    if (readReferenceText(text).kind === "malformed") {
      report.error(
        "bad-reference",
        node,
        `${fieldLabel(key, path)} begins with \`$\`, but isn't a reference`,
        "write only $NAME or ${NAME}; for a `$` that is text write `$$`",
      );
    }
  }
  const extra = childNode(merged, "extra");
  if (extra?.kind !== "map") return;
  for (const name of extra.entries.keys()) {
    if (!fieldInfo(name) && name !== "lifecycle" && name !== "extra") continue;
    report.error(
      "known-extra",
      extra.entries.get(name)?.key ?? extra,
      `${quoteName(name)} is a known field: it can't be in \`extra\``,
      "write it beside `extra`",
    );
  }
  checkNumbers(extra, ["integrations", key, "extra"], report);
}

/** JSON has no infinity, and beyond 2^53 a number would silently become another one. */
function checkNumbers(node: YamlNode, path: YamlPath, report: RuleReporter): void {
  if (node.kind === "map") for (const [name, entry] of node.entries) checkNumbers(entry.value, [...path, name], report);
  else if (node.kind === "list")
    for (const [index, item] of node.items.entries()) checkNumbers(item, [...path, index], report);
  else if (
    typeof node.value === "number" &&
    (!Number.isFinite(node.value) || Math.abs(node.value) > Number.MAX_SAFE_INTEGER)
  ) {
    report.error(
      "wrong-value",
      spanAtPath(node, []),
      `${pathLabel(path)} is a number that can't be sent exactly`,
      "put it in quotes to send it as text",
    );
  }
}
