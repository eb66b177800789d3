import type { Range } from "../model/diagnostic.ts";
import type { HashId, Key } from "../model/integration.ts";
import type { Knowledge } from "./meaning/knowledge.ts";
import type { Context, Reference, Scan } from "./reference.ts";
import { judging } from "./meaning/verdict.ts";

/** One place where an integration is used. */
export interface Usage {
  readonly file: string;
  readonly range: Range;
  readonly context: Context;
  /** As it is written there: a hash, an identifier, or our key. */
  readonly value: string;
  /** Whether `refs --write` has to mend it first. */
  readonly outdated: boolean;
}

export interface Usages {
  /** Every key of the lockfile and every pending one that is used, sorted; with its usages by file and place. */
  readonly used: ReadonlyMap<Key, readonly Usage[]>;
  /** Locked integrations that no scanned file uses: pipelines in the web page may. */
  readonly unused: readonly Key[];
}

/** A place that breaks when the integration behind its hash is replaced or made anew. */
export interface Breakage {
  readonly hash: HashId;
  readonly file: string;
  readonly range: Range;
  readonly context: Context;
}

export function usagesOf(scans: readonly Scan[], knowledge: Knowledge): Usages {
  const judge = judging(knowledge);
  const used = new Map<Key, Usage[]>();
  for (const { file, references } of scans) {
    for (const reference of references) {
      const verdict = judge(reference);
      const key = "managed" in verdict ? verdict.managed.key : verdict.kind === "pending" ? verdict.key : undefined;
      if (key === undefined) continue;
      const usages = used.get(key) ?? [];
      usages.push({
        ...whereOf(file, reference),
        value: reference.value,
        outdated: verdict.kind !== "current" && verdict.kind !== "pending",
      });
      used.set(key, usages);
    }
  }
  return {
    used: new Map([...used].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    unused: [...knowledge.section.keys()].filter((key) => !used.has(key)).toSorted(),
  };
}

/**
 * The places that use one of these hashes. Those that use an identifier don't break: a replacement takes the identifier
 * over.
 */
export function breakages(scans: readonly Scan[], hashes: ReadonlySet<HashId>): Breakage[] {
  return scans.flatMap(({ file, references }) =>
    references
      .filter((reference) => reference.kind !== "dynamic" && hashes.has(reference.value))
      .map((reference) => ({ hash: reference.value, ...whereOf(file, reference) })),
  );
}

function whereOf(file: string, { range, context }: Reference): Omit<Breakage, "hash"> {
  return { file, range, context };
}
