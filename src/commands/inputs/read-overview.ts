import type { HashId, Key, LiveIntegration, Result } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import type { IntegrationRow } from "../../overview/integration-row.ts";
import { hashesToRead, integrationRows } from "../../overview/integration-rows.ts";
import { ViewReader } from "../../plan/match/workspace-reader.ts";
import type { LookUpInputs } from "./look-up-inputs.ts";
import { readParts, type PartsRead } from "./read-parts.ts";
import { stopForFailedReads, type CommandStop } from "../stop.ts";

export interface WorkspaceOverview {
  readonly rows: readonly IntegrationRow[];
  readonly read: PartsRead;
}

/** Reads the whole workspace. @param project only what belongs to this project */
export async function readOverview(
  inputs: Pick<LookUpInputs, "client" | "desired" | "section">,
  project: string | undefined,
): Promise<Result<WorkspaceOverview, CommandStop>> {
  const { client, section } = inputs;
  const read = await readParts(inputs, project);
  if (!read.ok) return read;
  const { parts } = read.value;
  const views = await readViews(client, hashesToRead(parts, section));
  if (!views.ok) return views;
  const rows = integrationRows({ parts, section, views: views.value });
  return success({
    rows: rows.filter((row) => project === undefined || row.project_name === project),
    read: read.value,
  });
}

async function readViews(
  client: LookUpInputs["client"],
  hashes: readonly (readonly [HashId, Key])[],
): Promise<Result<ReadonlyMap<HashId, LiveIntegration | undefined>, CommandStop>> {
  const views = new ViewReader(client);
  await views.read(hashes);
  if (views.failures.length === 0) return success(views.live);
  return stopForFailedReads(views.failures);
}
