import { isSameIdentity } from "../model/identity.ts";
import type { Key, LiveIntegration } from "../model/integration.ts";
import type { CreateIntention } from "./journal.ts";

/** Creations of this run, and which of them are neither answered nor lost yet: what appears meanwhile may be theirs. */
export class UnansweredCreations {
  readonly #asked: AlikeCreation[] = [];
  readonly #sent = new Map<string, Set<Promise<void>>>();

  /** One is sent. @returns what to call when its answer has come or is lost */
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

  /** Whether another creation of this run asked for just this: what has its identifier is that one's. */
  isAnothers(live: LiveIntegration, key: Key): boolean {
    return this.#asked.some(
      (other) => other.key !== key && other.identifier === live.identifier && isSameIdentity(other.identity, live),
    );
  }

  /** Resolves when every creation of the same type and name that is under way now is answered or lost. */
  async settled(creation: AlikeCreation): Promise<void> {
    for (const answered of this.#sent.get(groupOf(creation)) ?? []) await answered;
  }
}

type AlikeCreation = Pick<CreateIntention, "identity" | "name" | "identifier" | "key">;

function groupOf({ identity, name }: AlikeCreation): string {
  return JSON.stringify([identity.type, name ?? null]);
}
