import type { ApiClient } from "../../api/client.ts";
import { DEFAULT_CONFIG } from "../../checkout/paths.ts";
import { loadConfig, resolveConfig, type ParsedConfig } from "../../config/load-config.ts";
import { resolveTarget } from "../../config/resolve-target.ts";
import { errorDiagnostic, hasErrors } from "../../model/diagnostic.ts";
import type { IntegrationWithSecrets, Result, Target } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import { workspaceSection, type LockSection } from "../../model/lockfile.ts";
import type { TargetOptions } from "../command-text.ts";
import { connectClient } from "./connect.ts";
import { loadLockfile, type LockfileInput } from "./load-lockfile.ts";
import { readInput } from "./read-input.ts";
import type { Session } from "../session.ts";
import { stop, type CommandStop } from "../stop.ts";

/** The inputs of a read-only command. No value of any variable is read. */
export interface LookUpInputs {
  /** The options that named the file and the workspace: commands in messages repeat them. */
  readonly given: TargetOptions;
  /** Undefined if there is no integrations.yaml yet. */
  readonly written: ParsedConfig | undefined;
  /** The integrations of the file. Their references have no value. */
  readonly desired: readonly IntegrationWithSecrets[];
  readonly target: Target;
  readonly lock: LockfileInput;
  readonly section: LockSection;
  readonly client: ApiClient;
}

/** Reads the file, if there is one, and the lockfile, and connects to the workspace for reading. */
export async function readLookUpInputs(
  session: Session,
  absence: "optional-if-default" | "optional" = "optional-if-default",
): Promise<Result<LookUpInputs, CommandStop>> {
  const { io, options } = session;
  const bytes = await readInput(io, options.file);
  const isOptional = absence === "optional" || options.file === DEFAULT_CONFIG;
  if (!bytes.ok && !(isOptional && bytes.error.code === "ENOENT")) {
    const message = `${options.file} can't be read: ${bytes.error.message}`;
    return stop("invalid", errorDiagnostic("missing-file", message, "name it with --file"));
  }
  const loaded = bytes.ok ? loadConfig(options.file, bytes.value) : undefined;
  const found = (loaded?.diagnostics ?? []).filter(({ severity }) => severity === "error");
  if (hasErrors(found)) return stop("invalid", ...found);
  const written = loaded?.ok ? loaded.value : undefined;
  const target = resolveTarget({
    flags: options,
    file: written?.target ?? {},
    env: io.env,
    placeOf: (field) => written?.placeOf(undefined, [field]),
  });
  if (!target.ok) return stop("invalid", ...target.error);
  const lock = await loadLockfile(session, target.value);
  if (!lock.ok) return stop("invalid", ...lock.error);
  const client = await connectClient(session, { target: target.value, access: "read-only" });
  if (!client.ok) return client;
  const section = workspaceSection(lock.value.lock, target.value);
  const resolved = written && resolveConfig(written, () => ({ kind: "unset" }));
  const desired = resolved?.ok ? resolved.value.integrations : [];
  return success({
    given: options,
    written,
    desired,
    target: target.value,
    lock: lock.value,
    section,
    client: client.value,
  });
}
