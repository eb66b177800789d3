import { warningDiagnostic, type Diagnostic } from "../model/diagnostic.ts";
import type { IntegrationRow } from "./integration-row.ts";

/** Managed integrations that exist more than once: with the same identifier, type, scope and project. */
export function duplicateRowWarnings(rows: readonly IntegrationRow[]): Diagnostic[] {
  return rows.flatMap((row): Diagnostic[] => {
    if (row.status !== "managed" || row.identifier === undefined) return [];
    const twins = rows.filter((other) => other.status === "unmanaged" && isTwin(row, other));
    if (twins.length === 0) return [];
    const hashes = twins.map(({ hash_id }) => hash_id).join(", ");
    const message = `${row.key} exists more than once: ${hashes} beside ${row.hash_id}, which is in the lockfile and stays in charge`;
    return [
      warningDiagnostic("duplicate", message, "see which one pipelines use, then delete the other in Buddy's web page"),
    ];
  });
}

function isTwin(row: IntegrationRow, other: IntegrationRow): boolean {
  return (["identifier", "type", "scope", "project_name"] as const).every((field) => row[field] === other[field]);
}
