export type AccessLevel = "MANAGE" | "USE_ONLY" | "DENIED";

/** A level that the API returned and this version doesn't know. It is kept, compared and sent back, never interpreted. */
export interface UnknownAccessLevel {
  readonly unknown: string;
}

/** A level as the API returns it. */
export type SeenAccessLevel = AccessLevel | UnknownAccessLevel;

export function seenAccessLevel(text: string): SeenAccessLevel {
  return text === "MANAGE" || text === "USE_ONLY" || text === "DENIED" ? text : { unknown: text };
}

/** The text of a level, as the API writes it. */
export function accessLevelText(level: SeenAccessLevel): string {
  return typeof level === "string" ? level : level.unknown;
}
