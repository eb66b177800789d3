/**
 * How a place of a pipeline file names an integration. `identifier` also takes a hash; `number` is in files from the
 * time before hashes; `content` is any place that holds a hash of the lockfile.
 */
export type ReferenceSlot = "identifier" | "hash" | "number" | "content";

const SLOTS: ReadonlyMap<string, ReferenceSlot> = new Map([
  ["integration", "identifier"],
  ["integration_hash", "hash"],
  ["helm_integration", "identifier"],
  ["helm_repository_integration", "identifier"],
  ["integration_id", "number"],
]);

/** Keys of these slots may have a map with a `hash_id` below them. */
const HASH_FORM: ReadonlySet<ReferenceSlot | undefined> = new Set(["identifier", "hash"]);

/** The slot of a key that says that an integration follows; `under` is the key that its map is under. */
export function slotOfKey(name: string, under: string | undefined): ReferenceSlot | undefined {
  // The form of the API: `integration: { hash_id: … }`.
  if (name === "hash_id") return under !== undefined && HASH_FORM.has(SLOTS.get(under)) ? "hash" : undefined;
  return SLOTS.get(name);
}

/** For each custom action, by name, the inputs that a local `action.yml` declares as integrations. */
export type DeclaredInputs = ReadonlyMap<string, ReadonlySet<string>>;

/** What is known when a file is scanned. More knowledge lets more references be recognised. */
export interface ScanKnowledge {
  /** Hashes that are references wherever they are: `knownHashes` of the lockfile. */
  readonly hashes: ReadonlySet<string>;
  readonly inputs: DeclaredInputs;
}

export const NO_KNOWLEDGE: ScanKnowledge = { hashes: new Set(), inputs: new Map() };

/** `name`, `name:tag` or `workspace/name:tag`, as `custom_type` has it. */
export function customActionName(customType: string): string {
  return customType.replace(/^.*\//, "").replace(/:.*$/, "");
}
