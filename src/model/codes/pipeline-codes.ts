import type { CodeEntries } from "./code-entry.ts";

/** Of references in pipeline files. */
export const PIPELINE_CODES = {
  "superseded-hash": {
    means: "A pipeline uses a former hash of an integration that was replaced.",
    todo: "Run `refs --write`.",
  },
  "former-identifier": {
    means: "A pipeline uses a former identifier of an integration.",
    todo: "Run `refs --write`.",
  },
  "unfilled-key": {
    means: "A pipeline names a key of ours where Buddy needs the hash or the identifier.",
    todo: "Run `refs --write`.",
  },
  "gone-hash": {
    means: "A pipeline uses a hash that the workspace doesn't have.",
    todo: "Point it at an integration of the lockfile (`refs` lists them), or remove the action.",
  },
  "unverified-hash": {
    means: "A pipeline uses a hash that the lockfile doesn't have, and the workspace wasn't asked.",
    todo: "Set BUDDY_TOKEN, so that it can be looked up.",
  },
  "unmanaged-hash": {
    means: "A pipeline uses an integration by its hash that exists and isn't managed here.",
    todo: "To manage it, run `import KEY HASH`.",
  },
  "unmanaged-identifier": {
    means: "A pipeline uses an integration by its identifier that exists and isn't managed here.",
    todo: "To manage it, run `import KEY HASH`.",
  },
  "not-yaml": {
    means: "A pipeline file isn't valid YAML, so references in it may be missed.",
    todo: "Correct it at the place that is shown.",
  },
} satisfies CodeEntries;
