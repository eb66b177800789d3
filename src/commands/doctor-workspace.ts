import type { HealthCheck } from "../model/health-check.ts";
import { counted } from "../model/text.ts";
import type { IntegrationRow } from "../overview/integration-row.ts";
import type { LookUpInputs } from "./look-up.ts";
import { readOverview } from "./read-overview.ts";

/** What is managed, what is gone, and what is there twice. */
export async function checkIntegrations(
  inputs: Pick<LookUpInputs, "client" | "desired" | "section">,
): Promise<readonly HealthCheck[]> {
  const overview = await readOverview(inputs, undefined);
  if (!overview.ok) {
    return overview.error.diagnostics.map(({ message, hint }) => ({
      check: "integrations",
      status: "error",
      message,
      next: hint ?? "try again",
    }));
  }
  const { rows, read } = overview.value;
  const unread: HealthCheck[] = read.diagnostics.map(({ message, hint }) => ({
    check: "integrations",
    status: "warning",
    message,
    next: hint ?? "check whether the token's owner may see the project",
  }));
  const count = (status: IntegrationRow["status"]): number => rows.filter((row) => row.status === status).length;
  const where = `in the workspace and ${counted(read.parts.size - 1, "project")}`;
  const limit = read.hasAllProjects ? "" : "; the token may not list projects, so others may have more";
  const managed: HealthCheck = {
    check: "integrations",
    status: "ok",
    message: `${count("managed")} managed, ${count("unmanaged")} unmanaged ${where}${limit}`,
  };
  const gone = rows.filter(({ status }) => status === "gone");
  const missing: HealthCheck[] =
    gone.length === 0
      ? []
      : [
          {
            check: "integrations",
            status: "warning",
            message: `${counted(gone.length, "locked integration")} can't be found: ${gone.map(({ key }) => key).join(", ")}`,
            next: "they were deleted, or this token can't see them: buddy-integrations plan says what an apply would do",
          },
        ];
  return [managed, ...missing, ...duplicateChecks(rows), ...unread];
}

/** Two of one place, type and identifier: one of them was probably created twice. */
function duplicateChecks(rows: readonly IntegrationRow[]): readonly HealthCheck[] {
  const groups = new Map<string, IntegrationRow[]>();
  for (const row of rows) {
    if (row.identifier === undefined || row.status === "gone" || row.status === "superseded") continue;
    const group = JSON.stringify([row.type, row.scope, row.project_name, row.identifier]);
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const twice = [...groups.values()].filter((group) => group.length > 1);
  if (twice.length === 0)
    return [
      { check: "duplicates", status: "ok", message: "no two integrations of one type and place share an identifier" },
    ];
  return twice.map((group) => ({
    check: "duplicates",
    status: "warning",
    message: `${group.length} integrations of the type ${group[0]?.type ?? ""} have the identifier ${group[0]?.identifier ?? ""}: ${group.map((row) => row.hash_id).join(", ")}`,
    next: "keep the one that pipelines use, which `refs --usages` shows, and delete the others in Buddy",
  }));
}
