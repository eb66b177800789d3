import type { Io } from "../io.ts";
import { cutToWidth, displayWidth } from "../render/width.ts";

/** Shorter work gets no line, since it would only flicker. */
const SHOWN_AFTER_MS = 1000;
const REDRAW_MS = 250;
/** Moves the cursor to the start of the line, and erases the line. */
const ERASE = "\r\u001B[2K";
const DEFAULT_COLUMNS = 80;

interface Pause {
  readonly until: number;
  readonly why: "rate-limit" | "retry";
  /** The cause of a retry, such as `the server returned 503`. */
  readonly after: string;
}

/** Something that is counted: requests, or the changes of a plan. */
interface Count {
  readonly since: number;
  readonly verb: string;
  total: number;
  done: number;
  failed: number;
}

/**
 * One line on a terminal that shows the progress of the run: counts, what it waits for, and, when the API's rate
 * limit slows it, the estimated rest. The line is erased before anything else is written. A log or a pipe gets
 * nothing.
 */
export class ProgressLine {
  readonly #io: Pick<Io, "stderr" | "now" | "every">;
  #reads: Count | undefined;
  #changes: Count | undefined;
  #pause: Pause | undefined;
  #isPaced = false;
  #isDrawn = false;
  #isHeld = false;
  #stop: (() => void) | undefined;

  constructor(io: Pick<Io, "stderr" | "now" | "every">) {
    this.#io = io;
  }

  /** A read of the API begins; {@link readEnded} follows. */
  readStarted(): void {
    this.#reads ??= { since: this.#io.now(), verb: "reading the workspace", total: 0, done: 0, failed: 0 };
    this.#reads.total += 1;
    this.#start();
  }

  readEnded(): void {
    if (this.#reads !== undefined) this.#reads.done += 1;
  }

  /** Changes are carried out from now on, until {@link end}. */
  changesStarted(total: number): void {
    this.#changes = { since: this.#io.now(), verb: "applying", total, done: 0, failed: 0 };
    this.#isPaced = false;
    this.#start();
  }

  changeEnded(outcome: "done" | "failed"): void {
    if (this.#changes === undefined) return;
    this.#changes.done += 1;
    if (outcome === "failed") this.#changes.failed += 1;
  }

  /** No request is sent for this time. */
  paused(ms: number, why: Pause["why"], after = ""): void {
    if (why === "rate-limit") this.#isPaced = true;
    const until = this.#io.now() + ms;
    if (this.#pause === undefined || until > this.#pause.until) this.#pause = { until, why, after };
  }

  /** The work that was counted is over. */
  end(): void {
    this.clear();
    this.#stop?.();
    this.#stop = undefined;
    this.#reads = undefined;
    this.#changes = undefined;
    this.#pause = undefined;
  }

  /** Erases the line, so that something else can be written. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#io.stderr.write(ERASE, "commands");
  }

  /** Nothing is drawn while a person types. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.clear();
    this.#isHeld = true;
    try {
      return await work();
    } finally {
      this.#isHeld = false;
    }
  }

  #start(): void {
    this.#stop ??= this.#io.every(REDRAW_MS, () => this.#draw());
  }

  #draw(): void {
    const now = this.#io.now();
    const count = this.#changes ?? this.#reads;
    const isBusy = count !== undefined && count.done < count.total;
    if (this.#isHeld || !isBusy || now - count.since < SHOWN_AFTER_MS) return this.clear();
    if (this.#pause !== undefined && this.#pause.until <= now) this.#pause = undefined;
    const text = fittingParts(this.#parts(count, now), (this.#io.stderr.columns ?? DEFAULT_COLUMNS) - 1);
    this.#io.stderr.write(ERASE + text, "commands");
    this.#isDrawn = true;
  }

  #parts({ verb, since, total, done, failed }: Count, now: number): string[] {
    const parts = [`${verb}: ${done} of ${total}${failed === 0 ? "" : `, ${failed} failed`}`];
    const pause = this.#pause;
    if (this.#isPaced && done > 0) {
      const spent = Math.max(now, pause?.until ?? 0) - since;
      const rest = (spent / done) * (total - done) + Math.max(0, (pause?.until ?? now) - now);
      parts.push(`about ${roughly(rest)} left`);
    }
    if (pause !== undefined) {
      const left = duration(pause.until - now);
      if (pause.why === "rate-limit") parts.push(`waiting ${left} for the API's rate limit`);
      else parts.push(`waiting ${left} to retry: ${pause.after}`);
    }
    return parts;
  }
}

/** As many parts as fit. The first is always shown. */
function fittingParts([first = "", ...others]: readonly string[], width: number): string {
  let line = cutToWidth(first, width);
  for (const part of others) {
    const longer = `${line}; ${part}`;
    if (displayWidth(longer) <= width) line = longer;
  }
  return line;
}

/** `12 s`, `4 min`. */
function roughly(ms: number): string {
  return duration(ms < 60_000 ? ms : Math.ceil(ms / 60_000) * 60_000);
}

/** `12 s`, `2 min 5 s`, `1 h 10 min`. */
function duration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Whether a person sees the terminal. False in CI, and where the terminal can't erase a line. */
export function canShowProgress({ stderr, env }: Pick<Io, "stderr" | "env">): boolean {
  const { CI: ci, TERM: term } = env;
  return stderr.isTTY && (ci === undefined || ci === "" || ci === "false") && term !== "dumb";
}
