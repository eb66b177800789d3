import type { CodeEntries } from "./code-entry.ts";

/** Codes about references in pipeline files. */
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
    means: "A pipeline has a key of the desired state where Buddy needs the hash or the identifier.",
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
    means: "A pipeline refers by hash to an integration that exists and isn't managed here.",
    todo: "To manage it, run `import KEY HASH`.",
  },
  "unmanaged-identifier": {
    means: "A pipeline refers by identifier to an integration that exists and isn't managed here.",
    todo: "To manage it, run `import KEY HASH`.",
  },
  "not-yaml": {
    means: "A pipeline file isn't valid YAML, so references in it may be missed.",
    todo: "Correct it at the place that is shown.",
  },
  "shared-identifier": {
    means:
      "An integration of the workspace and one of a project share an identifier, so a pipeline that uses it may mean either.",
    todo: "Use the hash in that pipeline, or give one of the two another identifier. `refs --write --style identifier` leaves such references alone.",
  },
  "numbered-integration": {
    means:
      "A pipeline file refers to an integration by a number, as old files do. The API doesn't say which integration that is.",
    todo: "Replace `integration_id: NUMBER` by `integration_hash: KEY` and run `refs --write`, or open the pipeline in Buddy's web page and export it again.",
  },
  "no-pipeline-files": {
    means: "No pipeline file was found, so nothing was checked.",
    todo: "The message says where the command looked. Run it in the repository's root, name the files, or pass --allow-none where a repository has none.",
  },
  "own-file": {
    means: "A file that was named as a pipeline file belongs to this tool, so it was not changed.",
    todo: "Leave it out of the arguments.",
  },
  "unseen-usages": {
    means: "The token can't read every place that may use an integration, so a use may be missed.",
    todo: "Give the token the scope that the message names, or look in Buddy's web page.",
  },
  "pipelines-in-files": {
    means: "Some pipelines are kept in files of other repositories, which the API doesn't show.",
    todo: "Run `refs --usages` in those repositories too.",
  },
} satisfies CodeEntries;
