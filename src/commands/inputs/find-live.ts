import type { ApiClient } from "../../api/client.ts";
import { errorDiagnostic } from "../../model/diagnostic.ts";
import { failure, isHashId, success, type LiveIntegration, type Result } from "../../model/integration.ts";
import { workspaceSection } from "../../model/lockfile.ts";
import { quoteName } from "../../model/printable.ts";
import { listedItems } from "../../overview/listed-places.ts";
import type { CommandInputs } from "./inputs.ts";
import { readParts } from "./read-parts.ts";
import { stop, stopForFailedCalls, type CommandStop } from "../stop.ts";

/** Finds a live integration by its hash, or else by its identifier among those that the token may list. */
export async function findLive(
  client: ApiClient,
  { integrations, lock, target }: CommandInputs,
  name: string,
): Promise<Result<LiveIntegration, CommandStop>> {
  if (isHashId(name)) {
    const live = await client.get(name);
    if (!live.ok) return stopForFailedCalls([{ what: `${quoteName(name)} could not be read`, failure: live.error }]);
    if (live.value !== undefined) return success(live.value);
  }
  const section = workspaceSection(lock.lock, target);
  const read = await readParts({ client, desired: integrations, section }, undefined);
  if (!read.ok) return read;
  const found = [...listedItems(read.value.parts)].filter(([, { item }]) => item.identifier === name);
  const [only, ...others] = found.map(([hashId]) => hashId);
  if (only === undefined) {
    const message = `no hash or identifier in ${target.workspace} is ${quoteName(name)}`;
    const hint =
      "`list --unmanaged` shows what exists, except in the scope ENVIRONMENT: use the hash for an integration of an environment";
    const { error } = stop("invalid", errorDiagnostic("not-found", message, hint), ...read.value.diagnostics);
    return failure({ ...error, reasons: [...error.reasons, ...read.value.reasons] });
  }
  if (others.length > 0) {
    const message = `several integrations have the identifier ${quoteName(name)}: ${[only, ...others].join(", ")}`;
    return stop("invalid", errorDiagnostic("several-matches", message, "name one of these"));
  }
  const live = await client.get(only);
  if (!live.ok) return stopForFailedCalls([{ what: `${only} could not be read`, failure: live.error }]);
  if (live.value !== undefined) return success(live.value);
  return stop(
    "invalid",
    errorDiagnostic("not-found", `${only} is in the list, but can't be found by its hash`, "try again"),
  );
}
