import { SCOPES } from "../model/identity.ts";
import type { Key, LiveIntegration } from "../model/integration.ts";
import { isKey } from "../model/integration.ts";
import { isExpressibleIdentifier } from "../model/expressible-value.ts";
import { compareTexts } from "../model/text.ts";

/** The names that a file already uses: no new key may be one of these. */
export interface TakenNames {
  readonly keys: readonly Key[];
  /** Identifiers that the file names. Without `identifier`, a key is also the identifier. */
  readonly identifiers: readonly string[];
}

/** A live integration under the key that it gets. */
export interface KeyedIntegration {
  readonly key: Key;
  readonly live: LiveIntegration;
  /** Another integration of the same scope and project has the same identifier. */
  readonly isAmbiguous: boolean;
}

/**
 * Chooses a key for each integration: its identifier if that can be a key, otherwise its name or type, reduced to the
 * characters of a key. If several would get the same key, the integration of the workspace keeps it, and those of
 * projects add the name of their project. No key is the identifier of another integration. The same integrations
 * always get the same keys, in the order of the keys.
 */
export function chooseKeys(lives: readonly LiveIntegration[], taken: TakenNames): readonly KeyedIntegration[] {
  const used = new Set(taken.keys.map(looseKey));
  const identifiers = new Set([...taken.identifiers, ...lives.flatMap((live) => live.identifier ?? [])].map(looseKey));
  const places = new Set<string>();
  const chosen: KeyedIntegration[] = [];
  for (const live of lives.toSorted(compareForKeys)) {
    const place = JSON.stringify([live.scope, live.projectName, live.identifier]);
    const isAmbiguous = live.identifier !== undefined && places.has(place);
    places.add(place);
    const own = live.identifier === undefined || isAmbiguous ? undefined : looseKey(live.identifier);
    const key = firstFree(candidateKeys(live), (candidate) => {
      const loose = looseKey(candidate);
      return !used.has(loose) && (loose === own || !identifiers.has(loose));
    });
    used.add(looseKey(key));
    chosen.push({ key, live, isAmbiguous });
  }
  return chosen.toSorted((a, b) => compareTexts(a.key, b.key));
}

/** Whether a block must name the hash: its identifier is ambiguous, or no list shows the integration. */
export function needsImportHash({ live, isAmbiguous }: KeyedIntegration): boolean {
  return (
    live.scope === "ENVIRONMENT" ||
    live.identifier === undefined ||
    isAmbiguous ||
    !isExpressibleIdentifier(live.identifier)
  );
}

/** Keys whose variables would have the same name count as one: `a-b`, `a_b` and `A_B`. */
function looseKey(key: string): string {
  return key.toUpperCase().replaceAll("-", "_");
}

/** Candidates for a key, the best first, then an endless series of numbered ones. */
function* candidateKeys({ identifier, name, type, projectName }: LiveIntegration): Generator<Key> {
  if (identifier !== undefined && isKey(identifier) && isExpressibleIdentifier(identifier)) yield identifier;
  const start = keyLetters(identifier ?? "") ?? keyLetters(name) ?? keyLetters(type) ?? "integration";
  yield start;
  const project = keyLetters(projectName ?? "");
  const inProject = project === undefined ? start : `${start}_${project}`;
  yield inProject;
  for (let number = 2; ; number++) yield `${inProject}_${number}`;
}

function firstFree(candidates: Iterable<Key>, isFree: (key: Key) => boolean): Key {
  for (const key of candidates) if (isFree(key)) return key;
  throw new Error("the candidates have an end");
}

/** The characters of a text that a key can have; undefined if too few are left to be meaningful. */
function keyLetters(text: string): string | undefined {
  const letters = text
    .normalize("NFKD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[_0-9]+|_+$/g, "")
    .slice(0, LONGEST_START)
    .replace(/_+$/, "");
  return letters.length < 2 ? undefined : letters;
}

const LONGEST_START = 60;

/** Sorts the workspace's own integrations first, so that they get the short keys. */
function compareForKeys(a: LiveIntegration, b: LiveIntegration): number {
  const order: readonly ((live: LiveIntegration) => string)[] = [
    ({ scope }) => String(SCOPES.indexOf(scope ?? "")),
    ({ projectName }) => projectName ?? "",
    ({ identifier }) => identifier ?? "",
    ({ name }) => name,
    ({ hashId }) => hashId,
  ];
  for (const of of order) {
    const compared = compareTexts(of(a), of(b));
    if (compared !== 0) return compared;
  }
  return 0;
}
