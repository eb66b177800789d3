import { child, spanOf, textOf } from "../../yaml/node.ts";
import { quote } from "../../words.ts";
import type { WrittenIntegration } from "../written.ts";
import type { Report } from "./report.ts";

/** Scope and project, known only after the merge of `defaults`. */
export function checkScope({ key, span, merged }: WrittenIntegration, report: Report): void {
  const scope = textOf(child(merged, "scope"));
  if (!merged.entries.has("scope")) {
    report.error(
      "missing-field",
      span,
      `${quote(key)} needs \`scope\``,
      "write `scope: WORKSPACE` here, or in `defaults` for all",
    );
    return;
  }
  const project = merged.entries.has("project_name");
  if (scope === "PROJECT" && !project) {
    report.error(
      "missing-field",
      span,
      `${quote(key)} has scope PROJECT and needs \`project_name\``,
      "write the project's slug, as in its address",
    );
  }
  if ((scope === "WORKSPACE" || scope === "ENVIRONMENT") && project) {
    const message = `${quote(key)} has scope ${scope}, and can't have a \`project_name\``;
    report.error(
      "needless-project",
      spanOf(merged, ["project_name"]),
      message,
      "take it out, write `scope: PROJECT`, or drop a default with `project_name: null`",
    );
  }
  if (scope === "ENVIRONMENT") {
    const message = "scope ENVIRONMENT is unproven: such an integration can be adopted and kept, not created";
    report.warning(
      "environment-scope",
      spanOf(merged, ["scope"]),
      message,
      "no field of the API names the environment: make it in the web page and adopt it",
    );
  }
}
