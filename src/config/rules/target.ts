import { childNode, spanAtPath, scalarText, type YamlNode } from "../yaml/node.ts";
import type { RuleReporter } from "./rule-reporter.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The API's base URL without a trailing slash; undefined when it can't be one. HTTPS, but for loopback. */
export function normalizeApi(text: string): string | undefined {
  if (/[?#@\s\\]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && LOOPBACK.test(url.hostname))) return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

export function checkTarget(root: YamlNode, report: RuleReporter): void {
  const api = scalarText(childNode(root, "api"));
  // Anything else the schema refuses.
  if (api === undefined || !/^https?:\/\/[^\s?#@]+$/.test(api) || normalizeApi(api) !== undefined) return;
  report.error(
    "wrong-value",
    spanAtPath(root, ["api"]),
    "`api` must be an https:// address (http:// is for this machine only)",
    "such as https://api.buddy.works, https://api.eu.buddy.works or https://HOST/api",
  );
}
