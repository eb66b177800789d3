/**
 * The beginning of the name of every integration that `doctor --probe` creates. Random digits follow, so that no name
 * is used twice.
 */
export const PROBE_PREFIX = "buddy-integrations-probe-";

/**
 * Whether a probe made this name. Every character must match, since a similar name may be that of somebody's own
 * integration.
 */
export function isProbeName(name: string): boolean {
  return name.startsWith(PROBE_PREFIX) && /^[0-9a-f]{14}$/.test(name.slice(PROBE_PREFIX.length));
}
