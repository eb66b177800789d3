import { isSameIdentity } from "../model/identity.ts";
import type { Key, LiveIntegration } from "../model/integration.ts";
import type { CreateIntention } from "./journal.ts";

/** The creations of this run, and which of them have no result yet: a new integration may belong to one of these. */
export class UnansweredCreations {
  readonly #asked: AlikeCreation[] = [];
  readonly #sent = new Map<string, Set<Promise<void>>>();

  /** Notes that a creation is sent. @returns a function to call when its response has arrived or is lost */
  add(creation: AlikeCreation): () => void {
    const group = groupOf(creation);
    this.#asked.push(creation);
    const alike = this.#sent.get(group) ?? new Set();
    this.#sent.set(group, alike);
    let settle: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (settle = resolve));
    alike.add(answered);
    return () => {
      alike.delete(answered);
      settle();
    };
  }

  /** Whether another creation of this run requested exactly this integration, so that it belongs to that creation. */
  isAnothers(live: LiveIntegration, key: Key): boolean {
    return this.#asked.some(
      (other) => other.key !== key && other.identifier === live.identifier && isSameIdentity(other.identity, live),
    );
  }

  /** Resolves when every creation of the same type and name that is under way now has a response or is lost. */
  async settled(creation: AlikeCreation): Promise<void> {
    for (const answered of this.#sent.get(groupOf(creation)) ?? []) await answered;
  }
}

type AlikeCreation = Pick<CreateIntention, "identity" | "name" | "identifier" | "key">;

function groupOf({ identity, name }: AlikeCreation): string {
  return JSON.stringify([identity.type, name ?? null]);
}
