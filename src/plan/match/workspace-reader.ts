import type { ApiFailure } from "../../api/client.ts";
import type { IntegrationPlace } from "../../model/identity.ts";
import type { HashId, Key, ListedIntegration, LiveIntegration, Result } from "../../model/integration.ts";
import { failure, success } from "../../model/integration.ts";
import { listPartOf, projectOfPart, type ListedParts, type ListPart, type UnreadablePart } from "./list-parts.ts";

/** What reading needs of the API. */
export interface WorkspaceReader {
  /** `undefined`: there is no such integration. */
  get(hashId: HashId): Promise<Result<LiveIntegration | undefined, ApiFailure>>;
  /** One part of the list: of the project, or of the workspace itself. */
  list(project?: string, freshness?: "again"): Promise<Result<readonly ListedIntegration[], ApiFailure>>;
}

export interface ReadFailure {
  /** `the list`, or the integration's key or hash. */
  readonly what: string;
  readonly failure: ApiFailure;
}

/** A failed call in a few words, and what to do about it. */
export type DescribeFailure = (failure: ApiFailure) => UnreadablePart;

/** How many reads are started at once. It is more than a client sends at once, so that the client is never idle. */
const READS_AHEAD = 256;
/** After this many failures, or a refused token, reading stops: the workspace can't be read. */
const MOST_FAILURES = 20;

/** Full views, each read once. */
export class ViewReader {
  readonly live = new Map<HashId, LiveIntegration | undefined>();
  readonly failures: ReadFailure[] = [];
  readonly #reader: WorkspaceReader;

  constructor(reader: WorkspaceReader) {
    this.#reader = reader;
  }

  async read(hashes: readonly (readonly [HashId, Key])[]): Promise<void> {
    const missing = new Map(hashes.filter(([hashId]) => !this.live.has(hashId)));
    const rest = missing.keys();
    const answers = new Map<HashId, Result<LiveIntegration | undefined, ApiFailure>>();
    let failed = 0;
    const work = async (): Promise<void> => {
      for (const hashId of rest) {
        const answer = await this.#reader.get(hashId);
        answers.set(hashId, answer);
        if (!answer.ok) failed += answer.error.kind === "unauthorized" ? MOST_FAILURES : 1;
        if (failed >= MOST_FAILURES) return;
      }
    };
    await Promise.all(Array.from({ length: Math.min(READS_AHEAD, missing.size) }, work));
    // In the order of the requests, not of the responses.
    for (const [hashId, key] of missing) {
      const answer = answers.get(hashId);
      if (answer?.ok) this.live.set(hashId, answer.value);
      else if (answer !== undefined) this.failures.push({ what: `${key} (${hashId})`, failure: answer.error });
    }
  }

  /** Reads these again, even if they were found. */
  async refresh(hashes: readonly (readonly [HashId, Key])[]): Promise<void> {
    for (const [hashId] of hashes) this.live.delete(hashId);
    await this.read(hashes);
  }

  /** Reads what only a warning needs; what can't be read is left out. */
  async readIfPossible(items: readonly ListedIntegration[]): Promise<void> {
    const before = this.failures.length;
    await this.read(items.map(({ hashId, name }) => [hashId, name] as const));
    this.failures.length = before;
  }

  /** Re-reads hashes that returned 404 but are in the list. @returns those that are still gone */
  async rereadMissing(listed: readonly ListedIntegration[]): Promise<HashId[]> {
    const isDoubtful = ({ hashId }: ListedIntegration): boolean =>
      this.live.has(hashId) && this.live.get(hashId) === undefined;
    const doubtful = listed.filter(isDoubtful);
    for (const { hashId } of doubtful) this.live.delete(hashId);
    await this.read(doubtful.map(({ hashId, name }) => [hashId, name] as const));
    return doubtful.filter(isDoubtful).map(({ hashId }) => hashId);
  }
}

/** Parts of the list, each read once. */
export class PartReader {
  readonly #reader: WorkspaceReader;
  readonly #describe: DescribeFailure;
  readonly #started = new Map<ListPart, Promise<Result<readonly ListedIntegration[], ApiFailure>>>();

  constructor(reader: WorkspaceReader, describe: DescribeFailure) {
    this.#reader = reader;
    this.#describe = describe;
  }

  /** Begins to read the parts of these places. */
  start(places: readonly IntegrationPlace[], freshness?: "again"): void {
    for (const part of places.map(listPartOf)) {
      if (part !== undefined && !this.#started.has(part)) {
        this.#started.set(part, this.#reader.list(projectOfPart(part), freshness));
      }
    }
  }

  /**
   * The parts that were started. A project's part that can't be read affects only its own integrations. If the
   * workspace's part can't be read, or the token isn't valid, the whole read fails.
   * @param isReadable whether anything else of the workspace could be read; if not, the workspace's own part is read too,
   * to find out whether the project or the workspace is out of reach
   */
  async read(isReadable: boolean): Promise<Result<ListedParts, readonly ReadFailure[]>> {
    const answers = await Promise.all([...this.#started].map(async ([part, answer]) => [part, await answer] as const));
    const isDoubtful = answers.length > 0 && !isReadable && answers.every(([, answer]) => !answer.ok);
    if (isDoubtful && !this.#started.has("WORKSPACE")) answers.push(["WORKSPACE", await this.#reader.list()]);
    const parts = new Map<ListPart, readonly ListedIntegration[] | UnreadablePart>();
    const failures: ReadFailure[] = [];
    for (const [part, answer] of answers) {
      if (answer.ok) parts.set(part, answer.value);
      else if (isFailureOfAll(part, answer.error)) failures.push({ what: describePart(part), failure: answer.error });
      else parts.set(part, this.#describe(answer.error));
    }
    return failures.length > 0 ? failure(failures) : success(parts);
  }

  /** Begins to read the parts of these places again. */
  startAgain(places: readonly IntegrationPlace[]): void {
    for (const part of places.map(listPartOf)) if (part !== undefined) this.#started.delete(part);
    this.start(places, "again");
  }

  /** The parts of these places that could be read. The caller has started them all. */
  async readable(places: readonly IntegrationPlace[]): Promise<ListedParts> {
    const parts = new Map<ListPart, readonly ListedIntegration[]>();
    for (const part of places.map(listPartOf)) {
      const answer = part === undefined ? undefined : await this.#started.get(part);
      if (part !== undefined && answer?.ok) parts.set(part, answer.value);
    }
    return parts;
  }

  /** Waits until no request is running. */
  async end(): Promise<void> {
    await Promise.all(this.#started.values());
  }
}

function isFailureOfAll(part: ListPart, cause: ApiFailure): boolean {
  const isOfTheRun = cause.kind === "unauthorized" || cause.kind === "interrupted";
  return part === "WORKSPACE" || isOfTheRun || (cause.kind === "forbidden" && cause.apiDisabled === true);
}

function describePart(part: ListPart): string {
  const project = projectOfPart(part);
  return project === undefined ? "the list" : `the list of the project ${project}`;
}
