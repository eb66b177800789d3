import type { TestEvent } from "node:test/reporters";

/** What `scripts/test.ts` needs to know about a run. */
export interface TestSummary {
  /** Tests that ran, without the skipped ones. */
  readonly ran: number;
  /** Milliseconds in the tests of each file. */
  readonly files: Readonly<Record<string, number>>;
}

/** A reporter of `node --test` that prints a {@link TestSummary} as JSON. */
export default async function* summarize(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files: Record<string, number> = {};
  let ran = 0;
  for await (const event of events) {
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { file = "", nesting, skip, details } = event.data;
    if (skip === undefined && details.type !== "suite") ran += 1;
    if (nesting === 0) files[file] = (files[file] ?? 0) + details.duration_ms;
  }
  yield JSON.stringify({ ran, files } satisfies TestSummary);
}
