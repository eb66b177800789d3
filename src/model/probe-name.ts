/** What every integration is called that `doctor --probe` creates; random digits follow, so that a name is met only once. */
export const PROBE_PREFIX = "buddy-integrations-probe-";

/** Whether a name is one that a probe makes, to the last digit: a similar one is somebody's own. */
export function isProbeName(name: string): boolean {
  return name.startsWith(PROBE_PREFIX) && /^[0-9a-f]{14}$/.test(name.slice(PROBE_PREFIX.length));
}
