import assert from "node:assert/strict";
import type { Emulator } from "../../src/emulator/index.ts";

export const BUDDY = "https://api.buddy.works";
/** Buddy's other regions. They have other workspaces, and don't know the tokens of this one. */
const ELSEWHERE: readonly string[] = ["https://api.eu.buddy.works", "https://api.asia.buddy.works"];

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly path: string;
  /** Empty until the body is sent, and for a request without a body. */
  body: string;
}

/** The network of an attack: requests to Buddy go to the emulator, and a request to any other host is an error. */
export function mappedFetch(emulator: Emulator): {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: readonly SeenRequest[];
} {
  const requests: SeenRequest[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname, search } = new URL(request.url);
    const seen = { method: request.method, url: request.url, host: origin, path: `${pathname}${search}`, body: "" };
    requests.push(seen);
    seen.body = await request.clone().text();
    if (ELSEWHERE.includes(origin)) {
      return Response.json({ errors: [{ message: "Wrong authentication data" }] }, { status: 401 });
    }
    assert.equal(origin, BUDDY, "requests go only to Buddy");
    return globalThis.fetch(new Request(`${emulator.url}${pathname}${search}`, request));
  };
  return { fetch, requests };
}
