/** What `explain` says about a code: what it means, and what to do about it. */
export interface CodeEntry {
  readonly means: string;
  readonly todo: string;
}

export type CodeEntries = Readonly<Record<string, CodeEntry>>;
