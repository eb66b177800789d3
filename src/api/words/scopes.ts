import type { ApiFailure } from "../client.ts";

/** The name of a token scope since August 2026, and its name before that; the API accepts both. */
interface TokenScope {
  readonly name: string;
  readonly before: string;
}

const READ_INTEGRATIONS: TokenScope = { name: "INTEGRATION_READ", before: "INTEGRATION_INFO" };
const CREATE_INTEGRATIONS: TokenScope = { name: "INTEGRATION_WRITE", before: "INTEGRATION_ADD" };
const MANAGE_INTEGRATIONS: TokenScope = { name: "INTEGRATION_MANAGE", before: "INTEGRATION_MANAGE" };
const READ_PIPELINES: TokenScope = { name: "PIPELINE_READ", before: "EXECUTION_INFO" };
const READ_USER: TokenScope = { name: "USER_READ", before: "USER_INFO" };
const READ_PROJECTS: TokenScope = { name: "PROJECT_READ", before: "WORKSPACE" };
const READ_MEMBERS: TokenScope = { name: "MEMBER_READ", before: "WORKSPACE" };
const READ_GROUPS: TokenScope = { name: "GROUP_READ", before: "WORKSPACE" };

/**
 * The token scope that a call probably needs, in words: `INTEGRATION_READ (INTEGRATION_INFO before August 2026)`. It is a
 * hint for people. Nothing depends on the name: the server decides, and its message is always shown.
 */
export function probableScope(call: Pick<ApiFailure, "method" | "path">): string {
  const { name, before } = scopeOf(call);
  return name === before ? name : `${name} (${before} before August 2026)`;
}

function scopeOf({ method, path }: Pick<ApiFailure, "method" | "path">): TokenScope {
  if (path === "/user") return READ_USER;
  if (path.endsWith("/pipelines") || path.endsWith("/actions")) return READ_PIPELINES;
  if (path.endsWith("/members")) return READ_MEMBERS;
  if (path.endsWith("/groups")) return READ_GROUPS;
  if (!path.includes("/integrations")) return READ_PROJECTS;
  if (method === "POST") return CREATE_INTEGRATIONS;
  return method === "GET" ? READ_INTEGRATIONS : MANAGE_INTEGRATIONS;
}
