import { parseApi } from "../../model/address.ts";
import { childNode, spanAtPath, scalarText, type YamlNode } from "../yaml/node.ts";
import type { RuleReporter } from "./rule-reporter.ts";

/** The API's base URL. The file doesn't decide whether the token may be sent there: see `api-host.ts`. */
export function checkTarget(root: YamlNode, report: RuleReporter): void {
  const api = scalarText(childNode(root, "api"));
  // The schema refuses everything else.
  if (api === undefined || !/^https?:\/\/[^\s?#@]+$/.test(api) || parseApi(api).ok) return;
  report.error(
    "wrong-value",
    spanAtPath(root, ["api"]),
    "`api` must be an https:// address (http:// is for this machine only)",
    "such as https://api.buddy.works, https://api.eu.buddy.works or https://HOST/api",
  );
}
