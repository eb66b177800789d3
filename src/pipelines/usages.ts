import type { Range } from "../model/diagnostic.ts";
import type { HashId, Key } from "../model/integration.ts";
import type { KnownIntegrations } from "./meaning/known-integrations.ts";
import type { ReferenceContext, PipelineScan } from "./reference.ts";
import { referenceClassifier, type ReferenceMeaning } from "./meaning/reference-meaning.ts";

/** Where a use was found: in a file, in a pipeline without a file (by the API), or in a project's link to its Git provider. */
export type UsagePlace =
  | { readonly kind: "file"; readonly file: string; readonly range: Range }
  | { readonly kind: "web-page"; readonly project: string }
  | { readonly kind: "git-link"; readonly project: string };

/** One place where an integration is used. */
export interface IntegrationUsage {
  readonly place: UsagePlace;
  readonly context: Pick<ReferenceContext, "pipeline" | "action">;
  /** As it is written there: a hash, an identifier, or a key of the desired state. */
  readonly value: string;
  /** It is a former or unfilled name, which Buddy doesn't know. In files, `refs --write` fixes it. */
  readonly outdated: boolean;
}

export interface UsageReport {
  /** Every key of the lockfile and every pending one that is used, sorted; with its usages by file and place. */
  readonly used: ReadonlyMap<Key, readonly IntegrationUsage[]>;
  /** Locked integrations without a use in what was read. Other pipelines may use them. */
  readonly unused: readonly Key[];
  /** How many references name an integration by number: any may be meant. */
  readonly byNumber: number;
  /** Whether the API was read too. */
  readonly asked: boolean;
}

/** The uses that the API shows. */
export interface LiveSources {
  readonly pipelines: readonly { readonly project: string; readonly scan: PipelineScan }[];
  readonly gitLinks: readonly { readonly project: string; readonly hashId: HashId }[];
  readonly asked: boolean;
}

export function collectUsages(
  scans: readonly PipelineScan[],
  known: KnownIntegrations,
  live: LiveSources = { pipelines: [], gitLinks: [], asked: false },
): UsageReport {
  const classify = referenceClassifier(known);
  const used = new Map<Key, IntegrationUsage[]>();
  let byNumber = 0;
  const add = (key: Key, usage: IntegrationUsage): void => {
    const usages = used.get(key) ?? [];
    usages.push(usage);
    used.set(key, usages);
  };
  const take = ({ references }: PipelineScan, placeOf: (range: Range) => UsagePlace): void => {
    for (const reference of references) {
      const { range, context, value } = reference;
      const meaning = classify(reference);
      if (meaning.kind === "numbered") byNumber += 1;
      const outdated = meaning.kind === "superseded" || meaning.kind === "renamed" || meaning.kind === "unfilled";
      for (const key of usedKeys(meaning)) add(key, { place: placeOf(range), context, value, outdated });
    }
  };
  for (const scan of scans) take(scan, (range) => ({ kind: "file", file: scan.file, range }));
  for (const { project, scan } of live.pipelines) take(scan, () => ({ kind: "web-page", project }));
  for (const { project, hashId } of live.gitLinks) {
    for (const [key, entry] of known.section) {
      const outdated = entry.superseded.includes(hashId);
      if (entry.hashId !== hashId && !outdated) continue;
      const context = { pipeline: undefined, action: undefined };
      add(key, { place: { kind: "git-link", project }, context, value: hashId, outdated });
    }
  }
  return {
    used: new Map([...used].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    unused: [...known.section.keys()].filter((key) => !used.has(key)).toSorted(),
    byNumber,
    asked: live.asked,
  };
}

/** An identifier that several integrations have may mean any of them. */
function usedKeys(meaning: ReferenceMeaning): Key[] {
  if (meaning.kind === "pending") return [meaning.key];
  if (meaning.kind === "shared") return meaning.by.flatMap(({ key }) => (key === undefined ? [] : [key]));
  return "managed" in meaning ? [meaning.managed.key] : [];
}
