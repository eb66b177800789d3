import type { Range } from "../model/diagnostic.ts";
import type { HashId, Key } from "../model/integration.ts";
import type { KnownIntegrations } from "./meaning/known-integrations.ts";
import type { ReferenceContext, Reference, PipelineScan } from "./reference.ts";
import { referenceClassifier } from "./meaning/reference-meaning.ts";

/** One place where an integration is used. */
export interface IntegrationUsage {
  readonly file: string;
  readonly range: Range;
  readonly context: ReferenceContext;
  /** As it is written there: a hash, an identifier, or our key. */
  readonly value: string;
  /** Whether `refs --write` has to mend it first. */
  readonly outdated: boolean;
}

export interface UsageReport {
  /** Every key of the lockfile and every pending one that is used, sorted; with its usages by file and place. */
  readonly used: ReadonlyMap<Key, readonly IntegrationUsage[]>;
  /** Locked integrations that no scanned file uses: pipelines in the web page may. */
  readonly unused: readonly Key[];
}

/** A place that breaks when the integration behind its hash is replaced or made anew. */
export interface Breakage {
  readonly hash: HashId;
  readonly file: string;
  readonly range: Range;
  readonly context: ReferenceContext;
}

export function collectUsages(scans: readonly PipelineScan[], known: KnownIntegrations): UsageReport {
  const classify = referenceClassifier(known);
  const used = new Map<Key, IntegrationUsage[]>();
  for (const { file, references } of scans) {
    for (const reference of references) {
      const meaning = classify(reference);
      const key = "managed" in meaning ? meaning.managed.key : meaning.kind === "pending" ? meaning.key : undefined;
      if (key === undefined) continue;
      const usages = used.get(key) ?? [];
      usages.push({
        ...placeOfReference(file, reference),
        value: reference.value,
        outdated: meaning.kind !== "current" && meaning.kind !== "pending",
      });
      used.set(key, usages);
    }
  }
  return {
    used: new Map([...used].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    unused: [...known.section.keys()].filter((key) => !used.has(key)).toSorted(),
  };
}

/**
 * The places that use one of these hashes. Those that use an identifier don't break: a replacement takes the identifier
 * over.
 */
export function findBreakages(scans: readonly PipelineScan[], hashes: ReadonlySet<HashId>): Breakage[] {
  return scans.flatMap(({ file, references }) =>
    references
      .filter((reference) => reference.kind !== "dynamic" && hashes.has(reference.value))
      .map((reference) => ({ hash: reference.value, ...placeOfReference(file, reference) })),
  );
}

function placeOfReference(file: string, { range, context }: Reference): Omit<Breakage, "hash"> {
  return { file, range, context };
}
