import type { ProbeAnswer, ProbeApi, ProbeBody, ProbeReply } from "../api/probe-client.ts";
import type { HashId } from "../model/integration.ts";
import { isRefusal, type MeasuredDelay, type ProbeFacts, type ProbeStep } from "./facts.ts";
import { findByName, type ProbeClock } from "./find-by-name.ts";

export interface ProbePorts {
  readonly api: ProbeApi;
  readonly clock: ProbeClock;
  /** Once aborted, no further step is sent. What was created is still removed. */
  readonly signal: AbortSignal;
  readonly note: (line: string) => void;
}

/** How long a read may be behind a write. */
export const LONGEST_LAG_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/** Carries out single steps and records the answers. Once it is stopped, it skips every step. */
export class Prober {
  readonly facts: ProbeFacts;
  readonly #ports: ProbePorts;
  readonly #project: string;
  /** Names of creations whose answer was lost and that were not found. */
  readonly doubtful: string[] = [];
  #stopped: string | undefined;
  /** How long to wait for a read. After one read came too late, later waits are shorter. */
  #patienceMs = LONGEST_LAG_MS;

  constructor(ports: ProbePorts, project: string, facts: ProbeFacts) {
    this.#ports = ports;
    this.#project = project;
    this.facts = facts;
  }

  get stopped(): string | undefined {
    return this.#stopped ?? (this.#ports.signal.aborted ? "it was interrupted" : undefined);
  }

  stop(why: string): void {
    this.#stopped ??= why;
  }

  /** @returns the answer, unless it was lost or the server failed */
  async ask(
    step: ProbeStep | "unrecorded",
    send: (api: ProbeApi) => Promise<ProbeReply>,
    sent?: ProbeBody,
  ): Promise<ProbeAnswer | undefined> {
    if (this.stopped !== undefined) return undefined;
    return this.#take(step, await send(this.#ports.api), sent);
  }

  /** @returns the hash of what was created, found by its name if the answer was lost */
  async create(step: ProbeStep, body: ProbeBody): Promise<HashId | undefined> {
    if (this.stopped !== undefined) return undefined;
    const { name } = body;
    if (typeof name !== "string") throw new Error("a probe was about to create something without a name");
    const { api, clock } = this.#ports;
    if (api.creationsLeft() === 0) return undefined;
    const reply = await api.create(body);
    this.#take(step, reply, body);
    const made = (): HashId | undefined => api.owned().find((each) => each.name === name)?.hashId;
    const isRefused = reply.kind === "answered" && isRefusal(reply);
    // Also after an interruption or a redirect: what may have been created has to be removed.
    if (!isRefused && made() === undefined && !(await findByName({ api, clock, project: this.#project }, name))) {
      this.doubtful.push(name);
    }
    const hash = made();
    if (hash !== undefined) this.facts.keepHash(step, hash);
    return hash;
  }

  #take(step: ProbeStep | "unrecorded", reply: ProbeReply, sent: ProbeBody | undefined): ProbeAnswer | undefined {
    if (reply.kind === "lost" || reply.status >= 500) return undefined;
    // These answers are about the token or the rate limit, not about what was asked.
    if (reply.status === 401 || reply.status === 429) {
      this.stop(reply.status === 401 ? "the token was refused with 401" : "the rate limit is used up");
      return undefined;
    }
    if (step === "unrecorded") return reply;
    this.facts.keep(reply);
    this.facts.record(step, reply, sent);
    return reply;
  }

  edit(step: ProbeStep, hash: HashId | undefined, body: ProbeBody): Promise<ProbeAnswer | undefined> {
    return hash === undefined ? Promise.resolve(undefined) : this.ask(step, (api) => api.edit(hash, body), body);
  }

  /**
   * Reads until an answer shows what is waited for. A lost answer doesn't.
   * @returns how long that took; 0 if the first read shows it
   */
  async until(
    read: (api: ProbeApi) => Promise<ProbeReply>,
    isShown: (answer: ProbeAnswer) => boolean,
  ): Promise<MeasuredDelay> {
    const { clock, signal } = this.#ports;
    const began = clock.now();
    let pause = FIRST_PAUSE_MS;
    for (let reads = 1; ; reads += 1) {
      const answer = await this.ask("unrecorded", read);
      const took = clock.now() - began;
      if (answer !== undefined && isShown(answer)) return reads === 1 ? 0 : took;
      if (took >= this.#patienceMs || this.stopped !== undefined) break;
      await clock.sleep(pause, signal);
      pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5);
    }
    this.#patienceMs = LONGEST_PAUSE_MS;
    return "not-in-time";
  }

  /** Waits until reads have probably caught up with writes, before a list is read that must be complete. */
  async letSettle(delay: MeasuredDelay): Promise<void> {
    const { clock, signal } = this.#ports;
    if (delay !== 0) await clock.sleep(delay === "not-in-time" ? LONGEST_PAUSE_MS : 2 * delay, signal);
  }

  note(line: string): void {
    if (this.stopped === undefined) this.#ports.note(line);
  }
}
