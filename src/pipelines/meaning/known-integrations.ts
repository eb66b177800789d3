import type { LockSection } from "../../model/lockfile.ts";
import type { HashId, Key, Lifecycle, ListedIntegration } from "../../model/integration.ts";

/** An integration of integrations.yaml, as far as references need it; every `IntegrationWithSecrets` is one. */
export interface WantedIntegration {
  readonly key: Key;
  readonly identifier?: string;
  /** Present exactly when the scope is PROJECT. */
  readonly projectName?: string;
  readonly lifecycle: Pick<Lifecycle, "movedFrom" | "import">;
}

/** What was read from the workspace. */
export interface WorkspaceAnswers {
  readonly listed: readonly ListedIntegration[];
  /**
   * Whether a name that isn't listed is a mistake: the project of the pipelines is known, and its integrations and the
   * workspace's own were read.
   */
  readonly complete: boolean;
  /** Hashes that were looked up one by one, since the list leaves out what the token may not see. */
  readonly hashes: ReadonlyMap<HashId, ListedIntegration | "gone">;
}

/** Everything that is known about integrations when pipeline files are read. */
export interface KnownIntegrations {
  readonly section: LockSection;
  /** Empty without an integrations.yaml. */
  readonly wanted: readonly WantedIntegration[];
  /** Options that commands in hints need, such as ` --file team.yaml`. */
  readonly flags?: string;
  /** Absent if the workspace can't be read. */
  readonly workspace?: WorkspaceAnswers;
  /** The project that the pipelines belong to, if it is known: they can't use integrations of other projects. */
  readonly project?: string;
}

/** Hashes of the lockfile that are too long to be anything else: they are references wherever they are. */
export function knownHashes(section: LockSection): ReadonlySet<HashId> {
  const all = [...section.values()].flatMap(({ hashId, superseded }) => [hashId, ...superseded]);
  return new Set(all.filter((hashId) => hashId.length >= SHORTEST_KNOWN));
}

const SHORTEST_KNOWN = 20;
