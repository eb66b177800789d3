import type { ListQuery, ProbeApi, ProbeReply } from "../api/probe-client.ts";
import type { HashId } from "../model/integration.ts";
import { isRecord } from "../model/json.ts";

export interface ProbeClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds; at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface NameSearch {
  readonly api: ProbeApi;
  readonly clock: ProbeClock;
  readonly project: string;
}

export interface ListedName {
  readonly hashId: HashId;
  readonly name: string;
}

/** How often to look, since reads may be behind writes. */
const LOOKS = 3;
const PAUSE_MS = 2_000;

/**
 * Looks in both parts of the list for the integration of a creation whose answer was lost, and makes it the probe's
 * own. Its name is random, so no other integration has it.
 */
export async function findByName(search: NameSearch, name: string): Promise<boolean> {
  const { api, clock } = search;
  for (let look = 1; look <= LOOKS; look += 1) {
    if (look > 1) await clock.sleep(PAUSE_MS);
    const found = (await listNames(search)).find((each) => each.name === name);
    if (found === undefined) continue;
    await api.get(found.hashId);
    if (api.claim(found.hashId)) return true;
  }
  return false;
}

/** The names in the workspace's own part of the list, and in the project's. A part that can't be read has none. */
export async function listNames({ api, project }: Pick<NameSearch, "api" | "project">): Promise<readonly ListedName[]> {
  const queries: readonly ListQuery[] = [{}, { project_name: project }];
  const found = new Map<HashId, string>();
  for (const query of queries) {
    for (const { hashId, name } of namesIn(await api.list(query))) found.set(hashId, name);
  }
  return [...found].map(([hashId, name]) => ({ hashId, name }));
}

function namesIn(reply: ProbeReply): readonly ListedName[] {
  const items = reply.kind === "answered" && isRecord(reply.json) ? reply.json["integrations"] : undefined;
  if (!Array.isArray(items)) return [];
  return items.filter(isRecord).flatMap(({ hash_id: hashId, name }) => {
    return typeof hashId === "string" && typeof name === "string" ? [{ hashId, name }] : [];
  });
}
