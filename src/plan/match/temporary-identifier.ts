import type { HashId, ListedIntegration } from "../../model/integration.ts";

const MARK = "_superseded_";

/**
 * The identifier that a replaced integration is given, so that the new one can have its own. It holds the old one and
 * the hash, so that the workspace alone shows an interrupted replacement.
 */
export function temporaryIdentifier(identifier: string, hashId: HashId): string {
  return `${identifier}${MARK}${hashId}`;
}

/** The identifier that an integration had before it was set aside for its replacement; undefined if it wasn't. */
export function originalIdentifier({
  hashId,
  identifier,
}: Pick<ListedIntegration, "hashId" | "identifier">): string | undefined {
  const suffix = `${MARK}${hashId}`;
  return identifier?.endsWith(suffix) ? identifier.slice(0, -suffix.length) : undefined;
}
