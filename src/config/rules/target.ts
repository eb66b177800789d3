import { parseApi } from "../../model/address.ts";
import { childNode, spanAtPath, scalarText, type YamlNode } from "../yaml/node.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/** Checks the API's base URL. Whether the token may be sent there is decided in `api-host.ts`. */
export function checkTarget(root: YamlNode, report: RuleReporter): void {
  const api = scalarText(childNode(root, "api"));
  // The schema refuses all other forms.
  if (api === undefined || !/^https?:\/\/[^\s?#@]+$/.test(api) || parseApi(api).ok) return;
  report.error(
    "wrong-value",
    spanAtPath(root, ["api"]),
    "`api` must be an https:// address (http:// is for this machine only)",
    "such as https://api.buddy.works, https://api.eu.buddy.works or https://HOST/api",
  );
}
