import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { BeginRecord, JournalRecord } from "../../src/apply/journal.ts";
import { encodeJournalRecord } from "../../src/checkout/journal/codec.ts";
import { block, JOURNAL, LOCKFILE } from "./desired-file.ts";
import { inBody, type Where } from "./places.ts";
import { syncWorkbench, TEST_VALUES, type SyncWorkbench } from "./sync-workbench.ts";

/**
 * A workbench with the state after an interrupted run. Every integration is in one place, unless a test says
 * otherwise.
 */
export interface InterruptedRun extends SyncWorkbench {
  /** The block of a SENTRY integration. */
  sentry(key: string, fields?: Readonly<Record<string, string>>): string;
  rollbar(key: string, fields?: Readonly<Record<string, string>>): string;
  /** Writes the journal of a killed run. */
  journal(...records: readonly JournalRecord[]): Promise<void>;
  begin(key: string, more?: Partial<BeginRecord>): BeginRecord;
  /** Creates an integration, as a person or a killed run. @returns its hash */
  made(identifier: string, more?: object): Promise<string>;
  /** Asserts that every integration of the workspace is in the lockfile under exactly one key. */
  everyHashIsLocked(): Promise<void>;
}

export async function interruptedRun(t: TestContext, where: Where): Promise<InterruptedRun> {
  const s = await syncWorkbench(t, { unique: "none", list: where.list });
  return {
    ...s,
    sentry: (key, fields) => block(key, { type: "SENTRY", ...inBody(where), ...fields }),
    rollbar: (key, fields) => block(key, { type: "ROLLBAR", ...inBody(where), ...fields }),
    journal: (...records) => s.write(JOURNAL, records.map(encodeJournalRecord).join("")),
    begin: (key, more = {}) => ({
      kind: "begin",
      api: s.emulator.url,
      workspace: s.emulator.workspace,
      key,
      identifier: key,
      type: "SENTRY",
      scope: where.scope,
      ...(where.project === undefined ? {} : { project: where.project }),
      lifecycle: { protect: false, onRemove: "delete" },
      ...more,
    }),
    made: async (identifier, more = {}) => {
      const body = {
        type: "SENTRY",
        ...inBody(where),
        token: TEST_VALUES.TOKEN,
        name: identifier,
        identifier,
        ...more,
      };
      const answer = await s.byHand("POST", "/integrations", body);
      assert.ok(typeof answer === "object" && answer !== null && "hash_id" in answer);
      return String(answer.hash_id);
    },
    everyHashIsLocked: async () => {
      const text = (await s.read(LOCKFILE)) ?? "";
      for (const { hash_id: hash } of s.emulator.stored()) {
        assert.equal(text.split(hash).length, 2, `${hash}\n${text}`);
      }
    },
  };
}

/** @param returned the identifier that the server returned */
export function end(
  { api, workspace, key, identifier }: BeginRecord,
  hash: string,
  returned = identifier,
): JournalRecord {
  return { kind: "end", api, workspace, key, outcome: { hash, identifier: returned } };
}
