import { loadConfig, resolveConfig, type VariableLookup } from "../../config/load-config.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Key, LiveIntegration, Result } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import type { LockSection } from "../../model/lockfile.ts";
import type { FingerprintKey } from "../../model/secret.ts";
import { buildLockEntry } from "../../plan/compare/lock-entry.ts";
import { resolveNames, type DirectoryReader } from "../../plan/match/resolve-names.ts";

export interface AdoptedSources {
  readonly file: string;
  readonly text: string;
  readonly lives: ReadonlyMap<Key, LiveIntegration>;
  readonly lookup: VariableLookup;
  readonly reader: DirectoryReader;
  readonly key: FingerprintKey | undefined;
}

/**
 * The lockfile entries of integrations that were just exported into the file. This program has sent none of their
 * values.
 */
export async function adoptedEntries(sources: AdoptedSources): Promise<Result<LockSection, readonly Diagnostic[]>> {
  const { file, text, lives, lookup, reader, key } = sources;
  const loaded = loadConfig(file, new TextEncoder().encode(text));
  if (!loaded.ok) return failure(loaded.diagnostics);
  const resolved = resolveConfig(loaded.value, (name) => {
    const found = lookup(name);
    return found.kind === "set" && found.value !== "" ? found : { kind: "unset" };
  });
  if (!resolved.ok) return failure(resolved.diagnostics);
  const integrations = resolved.value.integrations.filter((each) => lives.has(each.key));
  const { desired } = await resolveNames(reader, { integrations, placeOf: loaded.value.placeOf });
  const entries = desired.flatMap((each) => {
    const live = lives.get(each.key);
    if (live === undefined) return [];
    const facts = {
      desired: each,
      live,
      previous: undefined,
      sent: new Set<string>(),
      origin: "adopted" as const,
      supersedes: [],
      key,
    };
    return [[each.key, buildLockEntry(facts, "with-values")] as const];
  });
  return success(new Map(entries));
}
