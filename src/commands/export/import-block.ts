import { resolve } from "node:path";
import type { ApiClient } from "../../api/client.ts";
import { writeFileAtomic } from "../../checkout/files.ts";
import { fileDefaults } from "../../config/file-defaults.ts";
import { loadConfig } from "../../config/load-config.ts";
import { insertBlocks } from "../../config/yaml/insert-blocks.ts";
import { errorDiagnostic, hasErrors } from "../../model/diagnostic.ts";
import { identifierOf, isInPlace } from "../../model/identity.ts";
import type { Key, LiveIntegration, Result } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import { renderNewBlocks } from "../../render/exported-file.ts";
import type { DesiredBlock } from "../../render/desired-block.ts";
import { readAccessNames } from "./access-names.ts";
import { exportIntegration, lookUpVariables } from "./export-blocks.ts";
import type { CommandInputs } from "../inputs/inputs.ts";
import { readInput } from "../inputs/read-input.ts";
import type { Session, WorkspaceOptions } from "../session.ts";
import { stop, stopUnwritten, type CommandStop } from "../stop.ts";

/** How the new block is written. */
interface BlockChoice {
  readonly key: Key;
  /** Undefined: managed, except for AMAZON, whose roles nobody can see. */
  readonly credentials: "managed" | "unmanaged" | undefined;
}

/** Makes the block of an integration that belongs to no key, with the defaults of this file. */
export async function blockToAdd(
  session: Session<WorkspaceOptions & BlockChoice>,
  {
    inputs,
    client,
    live,
  }: { readonly inputs: CommandInputs; readonly client: ApiClient; readonly live: LiveIntegration },
): Promise<Result<DesiredBlock, CommandStop>> {
  const { io, options } = session;
  const isAmbiguous = inputs.integrations.some(
    (each) => identifierOf(each, undefined) === live.identifier && isInPlace(each, live),
  );
  const keyed = { key: options.key, live, isAmbiguous };
  const variables = await lookUpVariables(session, [keyed], inputs.written.references);
  if (hasErrors(variables.diagnostics)) return stop("invalid", ...variables.diagnostics);
  const { names } = await readAccessNames(client, [live], { style: "numbers", projects: [] });
  const bytes = await readInput(io, options.file);
  const defaults = bytes.ok ? fileDefaults(bytes.value) : new Map<string, unknown>();
  const credentials = options.credentials ?? (live.type === "AMAZON" ? "unmanaged" : "managed");
  return success(exportIntegration(keyed, variables, { credentials, names, defaults }).block);
}

/** Adds the block after the others. No other byte of the file changes. */
export async function addBlock(
  { io, console, options }: Session,
  block: DesiredBlock,
): Promise<Result<void, CommandStop>> {
  const bytes = await readInput(io, options.file);
  if (!bytes.ok) return stop("invalid", errorDiagnostic("missing-file", `${options.file}: ${bytes.error.message}`));
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.value);
  const text = insertBlocks(before, renderNewBlocks([block]));
  const loaded = text === undefined ? undefined : loadConfig(options.file, new TextEncoder().encode(text));
  const problem = loaded?.diagnostics.find(({ severity }) => severity === "error")?.message;
  if (text === undefined || problem !== undefined || loaded?.ok !== true) {
    const message = `the block of ${block.key} can't be added to ${options.file}${problem === undefined ? "" : `: ${problem}`}`;
    return stop("invalid", errorDiagnostic("no-place", message, "`--print` shows it, to be added by hand"));
  }
  const written = await writeFileAtomic(resolve(io.cwd, options.file), text);
  if (!written.ok) return stopUnwritten(options.file, written.error.message);
  console.note(`added ${block.key} to ${options.file}`);
  return success(undefined);
}
