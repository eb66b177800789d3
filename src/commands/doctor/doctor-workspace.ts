import type { HealthCheck } from "../../model/health-check.ts";
import { isProbeName } from "../../model/probe-name.ts";
import { counted, shellWord } from "../../model/text.ts";
import { describeDuplicates, duplicateRows } from "../../overview/duplicate-rows.ts";
import type { IntegrationRow } from "../../overview/integration-row.ts";
import { commandText, type TargetOptions } from "../command-text.ts";
import type { LookUpInputs } from "../inputs/look-up-inputs.ts";
import { readOverview } from "../inputs/read-overview.ts";

/** Checks how many integrations are managed, which are gone, and which exist twice. */
export async function checkIntegrations(
  options: TargetOptions,
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
  const limit = read.hasAllProjects ? "" : "; the token may not list projects, so other projects may have more";
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
            next: `they were deleted, or this token can't see them: ${commandText("plan", options)} says what an apply would do`,
          },
        ];
  return [managed, ...missing, ...duplicateChecks(rows), ...probeChecks(options, rows), ...unread];
}

/** Reports what a killed `doctor --probe` left. */
function probeChecks(options: TargetOptions, rows: readonly IntegrationRow[]): readonly HealthCheck[] {
  const left = rows.filter(({ name = "", status }) => status === "unmanaged" && isProbeName(name));
  const projects = [...new Set(left.map(({ project_name: project }) => project))];
  return projects.map((project): HealthCheck => {
    const here = left.filter((row) => row.project_name === project);
    const names = here.map(({ name = "", hash_id: hash }) => `${name} (${hash})`).join(", ");
    const message = `${counted(here.length, "integration")} may be left of a probe: ${names}`;
    const where = project === undefined ? "NAME" : shellWord(project);
    const next = `${commandText(`doctor --probe --project ${where}`, options)}, which offers to remove what a probe left`;
    return { check: "probe", status: "warning", message, next };
  });
}

function duplicateChecks(rows: readonly IntegrationRow[]): readonly HealthCheck[] {
  const duplicates = duplicateRows(rows);
  if (duplicates.length === 0)
    return [
      { check: "duplicates", status: "ok", message: "no two integrations of one type and place share an identifier" },
    ];
  return duplicates.map((group): HealthCheck => {
    const { message, hint } = describeDuplicates(group);
    return { check: "duplicates", status: "warning", message, next: hint };
  });
}
