import type { OwnedByProbe, ProbeApi, ProbeReply } from "../api/probe-client.ts";
import type { HashId } from "../model/integration.ts";
import { isProbeName } from "../model/probe-name.ts";
import { isSuccess } from "./facts.ts";
import { findByName, listNames, type ListedName, type NameSearch } from "./find-by-name.ts";

/** An integration of a probe that is still there. */
export interface ProbeLeftover {
  readonly name: string;
  /** Absent if it may have been created, but no list shows it. */
  readonly hashId?: HashId;
  readonly why: string;
  /** The server's messages. */
  readonly messages: readonly string[];
  /** It isn't known whether it is still there. */
  readonly isDoubtful?: true;
  /** It isn't as a probe leaves it, so no probe will ever remove it. */
  readonly isStrange?: true;
}

export interface RemovedProbe {
  readonly removed: number;
  readonly left: readonly ProbeLeftover[];
}

/** How often to check whether an accepted deletion took effect, since reads may be behind writes. */
const LOOKS = 4;
const PAUSE_MS = 1_000;

/** Deletes everything that the probe created, and checks that it is gone. An interruption doesn't stop it. */
export async function removeProbe(
  search: NameSearch,
  { gone, doubtful }: { readonly gone: ReadonlySet<HashId>; readonly doubtful: readonly string[] },
): Promise<RemovedProbe> {
  const { api } = search;
  const left: ProbeLeftover[] = [];
  for (const name of doubtful) {
    if (!(await findByName(search, name)))
      left.push({ name, why: "its creation got no answer, and no list shows it", messages: [] });
  }
  const owned = api.owned().filter(({ hashId }) => !gone.has(hashId));
  const deleted: OwnedByProbe[] = [];
  for (const each of owned) {
    const reply = await api.remove(each.hashId);
    if (isDeleted(reply)) deleted.push(each);
    else if (reply.kind === "lost") left.push(...(await leftAfterLostDeletion(search, each)));
    else left.push({ ...each, why: `its deletion got ${reply.status}`, messages: reply.messages });
  }
  for (const each of deleted) {
    if (!(await isGone(search, each.hashId)))
      left.push({ ...each, why: "its deletion was accepted, and it can still be read", messages: [] });
  }
  const there = left.filter(({ hashId }) => hashId !== undefined).length;
  return { removed: owned.length - there, left };
}

/** A deletion without an answer may have been done, and reads may be behind it. */
async function leftAfterLostDeletion({ api, clock }: NameSearch, each: OwnedByProbe): Promise<ProbeLeftover[]> {
  const lost = { ...each, why: "its deletion got no answer", messages: [] };
  let seen: ProbeReply | undefined;
  for (let look = 1; look <= LOOKS; look += 1) {
    if (look > 1) await clock.sleep(PAUSE_MS);
    seen = await api.get(each.hashId);
    if (seen.kind === "answered" && seen.status === 404) return [];
  }
  return [seen?.kind === "answered" && isSuccess(seen) ? lost : { ...lost, isDoubtful: true }];
}

function isDeleted(reply: ProbeReply): boolean {
  return reply.kind === "answered" && (isSuccess(reply) || reply.status === 404);
}

async function isGone({ api, clock }: NameSearch, hashId: HashId): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look += 1) {
    if (look > 1) await clock.sleep(PAUSE_MS);
    const reply = await api.get(hashId);
    // An answer that is lost proves nothing, and the deletion was accepted.
    if (reply.kind === "lost" || !isSuccess(reply)) return true;
  }
  return false;
}

/** What earlier probes left, by name alone. {@link claimLeftovers} checks the rest. */
export async function findLeftovers(search: Pick<NameSearch, "api" | "project">): Promise<readonly ListedName[]> {
  return (await listNames(search)).filter(({ name }) => isProbeName(name));
}

/**
 * Makes what earlier probes left the probe's own, so that it can be removed.
 * @returns those that don't look like a probe's and must stay
 */
export async function claimLeftovers(api: ProbeApi, found: readonly ListedName[]): Promise<readonly ProbeLeftover[]> {
  const strange: ProbeLeftover[] = [];
  for (const each of found) {
    const reply = await api.get(each.hashId);
    // It was deleted since the list was read.
    if (reply.kind === "answered" && reply.status === 404) continue;
    if (api.claim(each.hashId)) continue;
    if (reply.kind === "lost") strange.push({ ...each, why: "it can't be read", messages: [] });
    else {
      const why = "it isn't closed as a probe's integrations are, so somebody may use it";
      strange.push({ ...each, why, messages: [], isStrange: true });
    }
  }
  return strange;
}
