import type { ApiClient, ApiFailure, TokenFacts } from "../../api/client.ts";
import { describeFailure } from "../../api/words/describe.ts";
import { reasonOfFailure, type EndReason } from "../../exit.ts";
import type { CheckName, HealthCheck } from "../../model/health-check.ts";
import type { Target } from "../../model/integration.ts";
import { counted, joinWords } from "../../model/text.ts";

export interface ApiChecks {
  readonly checks: readonly HealthCheck[];
  readonly reasons: readonly EndReason[];
  readonly isReadable: boolean;
}

/** Checks the token, its owner, and whether the token can read the workspace. @param now milliseconds since 1970 */
export async function checkApi(client: ApiClient, target: Target, now: number): Promise<ApiChecks> {
  const [token, owner, list] = await Promise.all([client.token(), client.owner(), client.list()]);
  const checks: HealthCheck[] = [];
  if (token.ok) checks.push(...checkToken(token.value, target, now));
  else checks.push(failedCheck("token", "its scopes and expiry can't be read", token.error));
  if (owner.ok) {
    const { id, email } = owner.value;
    checks.push({
      check: "owner",
      status: "ok",
      message: `the token belongs to user ${id}${email === undefined ? "" : ` (${email})`}`,
    });
  } else if (token.ok) {
    const message =
      "the token's owner isn't known (no scope USER_READ). This matters only if `permissions` name users: then a plan can't warn that the owner would be locked out";
    checks.push({ check: "owner", status: "ok", message });
  }
  if (list.ok) {
    const message = `${target.workspace} at ${target.api}: ${counted(list.value.length, "integration")} listed, without those of projects`;
    checks.push({ check: "api", status: "ok", message });
    return { checks, reasons: [], isReadable: true };
  }
  checks.push(failedCheck("api", `${target.workspace} at ${target.api} can't be read`, list.error));
  return { checks, reasons: [reasonOfFailure(list.error)], isReadable: false };
}

function failedCheck(check: CheckName, what: string, cause: ApiFailure): HealthCheck {
  const { message, hint } = describeFailure(cause);
  return { check, status: "error", message: `${what}: ${message}`, next: hint ?? "try again" };
}

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

function checkToken(
  { scopes, expiresAt, workspaces }: TokenFacts,
  { workspace }: Target,
  now: number,
): readonly HealthCheck[] {
  const checks: HealthCheck[] = [];
  const has = (...names: readonly string[]): boolean => names.some((name) => scopes.includes(name));
  const may = [
    ...(has("INTEGRATION_READ", "INTEGRATION_INFO") ? ["read"] : []),
    ...(has("INTEGRATION_WRITE", "INTEGRATION_ADD") ? ["create"] : []),
    ...(has("INTEGRATION_MANAGE") ? ["change", "delete"] : []),
  ];
  const message = may.length === 0 ? "has no scope for integrations" : `may ${joinWords(may, "and")} integrations`;
  // A plan only reads, and a token for pull requests should not have more scopes.
  if (may.includes("read")) checks.push({ check: "token", status: "ok", message: `the token ${message}` });
  else {
    const next =
      "give it INTEGRATION_READ (before August 2026: INTEGRATION_INFO), and for apply INTEGRATION_WRITE and INTEGRATION_MANAGE";
    checks.push({ check: "token", status: "warning", message: `the token ${message}, as far as its scopes say`, next });
  }
  if (workspaces.length > 0 && !workspaces.includes(workspace)) {
    const next = "take a token for this workspace, or name another with --workspace";
    checks.push({ check: "token", status: "error", message: `the token is not for the workspace ${workspace}`, next });
  }
  const left = expiresAt === undefined ? Number.NaN : (Date.parse(expiresAt) - now) / DAY_MS;
  if (left < SOON_DAYS) {
    const when = left < 1 ? "in less than a day" : `in ${counted(Math.floor(left), "day")}`;
    checks.push({
      check: "token",
      status: "warning",
      message: `the token expires ${when}`,
      next: "make a new one: My profile → API tokens",
    });
  }
  return checks;
}
