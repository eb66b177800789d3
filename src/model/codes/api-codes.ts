import type { CodeEntries } from "./code-entry.ts";

/** Codes about a request to the API that failed. Each is `api-` and a kind of failure. */
export const API_CODES = {
  "api-unauthorized": {
    means: "The server refused the token (401): it is wrong, expired or revoked, or belongs to another region.",
    todo: "Check BUDDY_TOKEN and the API's base URL.",
  },
  "api-forbidden": {
    means:
      "The server refused the request (403): the token lacks a scope, its owner lacks a right, or the workspace's API is disabled.",
    todo: "The message names the scope that is probably missing. An administrator enables the API in the workspace's settings.",
  },
  "api-not-found": {
    means: "The server doesn't know the workspace or project, or the token's owner may not see it.",
    todo: "Check the workspace's name and the API's base URL.",
  },
  "api-rejected": {
    means: "The server rejected the request as invalid. Nothing was changed by it.",
    todo: "The message has the server's explanation.",
  },
  "api-rate-limited": {
    means: "The server allows no more requests for now (429), for longer than --max-wait.",
    todo: "Try again later, allow more with --max-wait, or send less at once with --concurrency.",
  },
  "api-server-error": {
    means: "The server failed (5xx), and retries failed too.",
    todo: "Try again later. A creation may have succeeded anyway: the next apply finds it.",
  },
  "api-redirected": {
    means: "The server redirects to another address. The token is not sent there.",
    todo: "If that is where the API is, make it the base URL.",
  },
  "api-unreadable": {
    means: "The response isn't one of the API. It may be a web page, for example.",
    todo: "Check the API's base URL, and whether a proxy intercepts the request.",
  },
  "api-network": {
    means:
      "There was no response: the host is unknown, the connection was refused or cut, or its certificate isn't trusted.",
    todo: "Check the address, the network and the proxy. For your own certificate authority, set NODE_EXTRA_CA_CERTS.",
  },
  "api-timeout": {
    means: "There was no complete response in time.",
    todo: "Try again, or wait longer with --timeout.",
  },
  "api-interrupted": {
    means: "The run was interrupted before the request was sent.",
    todo: "Run it again.",
  },
} satisfies CodeEntries;
