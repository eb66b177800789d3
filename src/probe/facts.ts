import type { ProbeAnswer } from "../api/probe-client.ts";
import { isRecord } from "../model/json.ts";

/**
 * The requests of a probe whose answers the rows of its table look at. Repeated reads that wait for a write to show aren't among
 * them: see {@link ProbeWait}.
 */
export type ProbeStep =
  | "token"
  | "list-unknown-project"
  | "create-plain"
  | "get-plain"
  | "delete"
  | "get-deleted"
  | "delete-again"
  | "create-amazon"
  | "create-in-project"
  | "create-same-in-workspace"
  | "create-same-in-project"
  | "create-hyphen"
  | "create-capitals"
  | "create-unknown-type"
  | "get-in-project"
  | "list-workspace"
  | "list-project"
  | "list-paged"
  | "edit-name-alone"
  | "edit-owner"
  | "edit-permissions"
  | "edit-without-name"
  | "edit-unknown-field"
  | "edit-same-name"
  | "edit-amazon"
  | "edit-amazon-again"
  | "edit-identifier"
  | "edit-long-identifier"
  | "edit-odd-identifier"
  | "edit-scope"
  | "edit-type";

/** What a probe reads again and again for, until a read shows it. */
export type ProbeWait = "get" | "list" | "deletion";

/** Milliseconds from the write's answer to the first read that shows it. 0: the very first read shows it. */
export type MeasuredDelay = number | "not-in-time";

/** What a probe has seen. It has values of the workspace, so rows describe it in words that have none. */
export class ProbeFacts {
  readonly #answers = new Map<ProbeStep, ProbeAnswer[]>();
  readonly #sent = new Map<ProbeStep, Readonly<Record<string, unknown>>>();
  readonly #delays = new Map<ProbeWait, MeasuredDelay>();
  readonly #hashes = new Map<ProbeStep, string>();
  readonly #all: ProbeAnswer[] = [];
  /** Made-up credentials. */
  readonly #secrets: string[] = [];

  /** The answer to a request that rows look at. @param sent the body, where there was one */
  record(step: ProbeStep, answer: ProbeAnswer, sent?: Readonly<Record<string, unknown>>): void {
    this.#answers.set(step, [...(this.#answers.get(step) ?? []), answer]);
    if (sent !== undefined) this.#sent.set(step, sent);
  }

  /** The answer to any request, for {@link all}; of a step, {@link record} is called as well. */
  keep(answer: ProbeAnswer): void {
    this.#all.push(answer);
  }

  keepSecret(value: string): void {
    this.#secrets.push(value);
  }

  measure(wait: ProbeWait, delay: MeasuredDelay): void {
    this.#delays.set(wait, delay);
  }

  keepHash(step: ProbeStep, hash: string): void {
    this.#hashes.set(step, hash);
  }

  /** Undefined if the request wasn't sent, or its answer was lost. */
  answer(step: ProbeStep): ProbeAnswer | undefined {
    return this.#answers.get(step)?.at(-1);
  }

  /** All answers of a step that sends several variants. */
  answers(step: ProbeStep): readonly ProbeAnswer[] {
    return this.#answers.get(step) ?? [];
  }

  /** The view of a write or a read that succeeded. */
  view(step: ProbeStep): Readonly<Record<string, unknown>> | undefined {
    const answer = this.answer(step);
    return answer !== undefined && isSuccess(answer) && isRecord(answer.json) ? answer.json : undefined;
  }

  /** The body of the last request of this step. */
  sent(step: ProbeStep): Readonly<Record<string, unknown>> {
    return this.#sent.get(step) ?? {};
  }

  /** The items of a list that was read. */
  items(step: ProbeStep): readonly Readonly<Record<string, unknown>>[] | undefined {
    const integrations = this.view(step)?.["integrations"];
    return Array.isArray(integrations) ? integrations.filter(isRecord) : undefined;
  }

  /** The item of the list for what this step created. */
  item(list: ProbeStep, created: ProbeStep): Readonly<Record<string, unknown>> | undefined {
    const hash = this.#hashes.get(created);
    return hash === undefined ? undefined : this.items(list)?.find((item) => item["hash_id"] === hash);
  }

  isCreated(step: ProbeStep): boolean {
    return this.#hashes.has(step);
  }

  delay(wait: ProbeWait): MeasuredDelay | undefined {
    return this.#delays.get(wait);
  }

  /** The answers of all requests. */
  all(): readonly ProbeAnswer[] {
    return this.#all;
  }

  /** Whether a made-up credential is anywhere in an answer. */
  hasSecretIn(answer: ProbeAnswer): boolean {
    const text = JSON.stringify(answer.json ?? "");
    return this.#secrets.some((secret) => text.includes(secret));
  }

  /**
   * These names of fields, where it is certain that they are the API's. A name of another shape may be anybody's, and one that
   * contains a word of some value in an answer may be the workspace's: both are withheld.
   */
  showableNames(names: readonly string[]): readonly string[] {
    const words = new Set(this.#all.flatMap(({ json }) => wordsIn(json)));
    const isShown = (name: string): boolean =>
      /^[a-z]+(?:_[a-z]+){0,4}$/.test(name) && ![...words].some((word) => name.includes(word));
    return names.map((name) => (isShown(name) ? name : "a name that is withheld"));
  }
}

export function isSuccess({ status }: ProbeAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Whether the server understood the request and refused it. */
export function isRefusal({ status }: ProbeAnswer): boolean {
  return status >= 400 && status < 500;
}

/** Words that names of fields and links of the API consist of. As words of a value they would withhold every name. */
const COMMON_WORDS: ReadonlySet<string> = new Set([
  "user",
  "users",
  "workspace",
  "workspaces",
  "project",
  "projects",
  "pipeline",
  "pipelines",
  "integration",
  "integrations",
  "environment",
  "group",
  "groups",
  "name",
  "type",
  "scope",
]);
/** Shorter words occur in every name. */
const SHORTEST_WORD = 4;

/** The words of all texts in a value. */
function wordsIn(json: unknown): string[] {
  if (typeof json === "string") {
    const words = json.toLowerCase().match(/[a-z]+/g) ?? [];
    return words.filter((word) => word.length >= SHORTEST_WORD && !COMMON_WORDS.has(word));
  }
  if (Array.isArray(json)) return json.flatMap(wordsIn);
  return isRecord(json) ? Object.values(json).flatMap(wordsIn) : [];
}
