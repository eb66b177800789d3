import { childNode, spanAtPath, scalarText } from "../yaml/node.ts";
import { quoteName } from "../../model/printable.ts";
import { keysOf, type ParsedIntegration } from "../parsed-config.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/** Checks the scope and the project, which are known only after `defaults` is merged. */
export function checkScope(integration: ParsedIntegration, report: RuleReporter): void {
  const { key, span, merged } = integration;
  const scope = scalarText(childNode(merged, "scope"));
  if (!merged.entries.has("scope")) {
    report.error(
      "missing-field",
      span,
      `${quoteName(key)} needs \`scope\``,
      "write `scope: WORKSPACE` here, or in `defaults` for all",
    );
    return;
  }
  const project = merged.entries.has("project_name");
  if (scope === "PROJECT" && !project) {
    report.error(
      "missing-field",
      span,
      `${quoteName(key)} has scope PROJECT and needs \`project_name\``,
      "write the project's slug, as in its address",
    );
  }
  if ((scope === "WORKSPACE" || scope === "ENVIRONMENT") && project) {
    const message = `${quoteName(key)} has scope ${scope}, and can't have a \`project_name\``;
    report.error(
      "needless-project",
      spanAtPath(merged, ["project_name"]),
      message,
      "remove it, write `scope: PROJECT`, or drop a default with `project_name: null`",
    );
  }
  if (scope === "ENVIRONMENT") {
    const message = "an integration with the scope ENVIRONMENT can be adopted and kept, not created";
    report.untilLocked(
      { keys: keysOf(integration) },
      "environment-scope",
      spanAtPath(merged, ["scope"]),
      message,
      "the API has no field for the environment: create the integration in Buddy's web page, then adopt it",
    );
  }
}
