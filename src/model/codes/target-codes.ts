import type { CodeEntries } from "./code-entry.ts";

/** Codes about where a run goes: the files, the workspace and its host, and the token for it. */
export const TARGET_CODES = {
  "no-workspace": {
    means: "No workspace is named.",
    todo: "Name it with --workspace, with `workspace:` in the file, or with BUDDY_WORKSPACE.",
  },
  "wrong-workspace": {
    means: "The workspace's name isn't a handle: 4 to 100 of a-z, 0-9, `_` and `-`.",
    todo: "Copy the handle from the address of the web page: app.buddy.works/HANDLE.",
  },
  "several-workspaces": {
    means: "The lockfile holds several workspaces, and nothing says which one is meant.",
    todo: "Name it with --workspace, and with --api if it is on several hosts.",
  },
  "unknown-workspace": {
    means: "The lockfile has no section for the workspace that was named.",
    todo: "Correct --workspace or --api. A first apply adds the section.",
  },
  "wrong-api": {
    means: "The API's base URL can't be used.",
    todo: "It is https://api.buddy.works, https://api.eu.buddy.works, https://api.asia.buddy.works, or https://HOST/api for your own installation.",
  },
  "unconfirmed-host": {
    means:
      "Only a file of the repository names this host. The token would go wherever a pull request says, so it is not sent there.",
    todo: "If the host is right, name it outside of the repository too: with --api, BUDDY_BASE_URL or BUDDY_API_ENDPOINT.",
  },
  "target-disagrees": {
    means: "The file, the environment and the options name different hosts.",
    todo: "Make them equal, or say which one is meant with --api.",
  },
  "several-hosts": {
    means: "The files of a run are for several API hosts, and one run has one token for one host.",
    todo: "Run once for each host.",
  },
  "shared-lockfile": {
    means: "Two files of a run would have one lockfile.",
    todo: "Give the files other names, or leave one of them out.",
  },
  "identifier-in-two-files": {
    means: "Two files of a run describe one integration: the same identifier, scope and project of one workspace.",
    todo: "Leave it in one of the files. The other forgets it, and nothing is deleted.",
  },
  "workspace-not-allowed": {
    means: "BUDDY_INTEGRATIONS_WORKSPACES lists the workspaces that a run may work on, and this one isn't among them.",
    todo: "If the workspace is the intended one, add it to the variable. Otherwise correct the file.",
  },
  "no-token": {
    means: "No API token was given.",
    todo: "Create one in Buddy's web page (My profile → API tokens), and set BUDDY_TOKEN, or BUDDY_TOKEN_FILE with the name of a file that holds it.",
  },
  "wrong-token": {
    means: "The token has characters that no token has, such as a line end or white space.",
    todo: "Copy it again, without quotes and white space.",
  },
  "wrong-proxy": {
    means: "The address of the proxy (HTTPS_PROXY, HTTP_PROXY) can't be used.",
    todo: "Write it as http://HOST:PORT. Percent-encode special characters of a password.",
  },
} satisfies CodeEntries;
