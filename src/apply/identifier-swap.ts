import type { ApiFailure } from "../api/client.ts";
import { isOutcomeUnknown } from "../api/unknown-outcome.ts";
import type { HashId, LiveIntegration, Payload, Result, FieldValue } from "../model/integration.ts";
import type { SetAside } from "./create-once.ts";
import { stateCause, type FailureCause } from "./outcome.ts";

/** What setting aside needs of the API. */
interface IdentifierWriter {
  update(hashId: HashId, payload: Payload): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  restore(hashId: HashId, payload: Payload): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
}

/**
 * Frees the identifier of an integration for its replacement: the old one gets a temporary identifier, so that the new one
 * can have the original one. If the new one can't be created, the old one gets its identifier back.
 */
export class IdentifierSwap implements SetAside {
  readonly #old: LiveIntegration;
  readonly #temporary: string;
  readonly #original: string;
  readonly #api: IdentifierWriter;
  #taken: boolean;

  constructor(old: LiveIntegration, temporary: string, original: string, api: IdentifierWriter) {
    this.#old = old;
    this.#temporary = temporary;
    this.#original = original;
    this.#api = api;
    this.#taken = old.identifier === temporary;
  }

  /** The old integration. */
  get hashId(): HashId {
    return this.#old.hashId;
  }

  /** Whether the old one may still have the temporary identifier. */
  get mayBeSetAside(): boolean {
    return this.#taken;
  }

  /** Sets the old integration aside. @returns why the identifier isn't free; undefined if it is */
  async setAside(): Promise<FailureCause | undefined> {
    if (this.#old.identifier === this.#temporary) return undefined;
    const answer = await this.#api.update(this.#old.hashId, this.#named(this.#temporary));
    this.#taken = answer.ok
      ? answer.value !== undefined && answer.value.identifier !== this.#old.identifier
      : isOutcomeUnknown(answer.error);
    if (!answer.ok) return { kind: "api", failure: answer.error };
    if (answer.value === undefined)
      return stateCause("it was deleted after the plan was made", "run the command again");
    if (answer.value.identifier === this.#temporary) return undefined;
    return stateCause(
      "the server didn't give the old integration the temporary identifier that a replacement needs; nothing was created",
      "give the new one another identifier, under another key",
    );
  }

  async restore(): Promise<void> {
    if (!this.#taken) return;
    const answer = await this.#api.restore(this.#old.hashId, this.#named(this.#original));
    this.#taken = !answer.ok || answer.value?.identifier !== this.#original;
  }

  #named(identifier: string): Payload {
    const authType = this.#old.fields.get("auth_type");
    const always: [string, FieldValue][] = [
      ["name", this.#old.name],
      ["identifier", identifier],
    ];
    return new Map(authType === undefined ? always : [...always, ["auth_type", authType]]);
  }
}
