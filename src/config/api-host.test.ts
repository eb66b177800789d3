import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { canonicalApi, parseApi } from "../model/address.ts";
import { lockedHostProblem, unconfirmedHostProblem } from "./api-host.ts";
import { chooseApi } from "./resolve-target.ts";
import type { Diagnostic } from "../model/diagnostic.ts";

const nobody = { flag: undefined, env: {} };
const problemOf = (api: string, settings: Parameters<typeof unconfirmedHostProblem>[1] = nobody) =>
  unconfirmedHostProblem(canonicalApi(api), settings)?.code;

test("the file alone may name only the three hosts of Buddy's API", () => {
  for (const api of ["https://api.buddy.works", "https://API.eu.buddy.works/", "https://api.asia.buddy.works:443"]) {
    assert.equal(problemOf(api), undefined, api);
  }
  for (const api of [
    "https://buddy.example/api",
    "http://127.0.0.1:8787",
    "http://localhost",
    "https://api.buddy.works:8443",
    "https://api.buddy.works/x",
    "https://api.buddy.works.",
    "https://api.buddy.works.example",
    "https://xn--api-buddy.works",
    "https://api.buddy.work\u0455",
    "http://api.buddy.works",
  ]) {
    assert.equal(problemOf(api), "unconfirmed-host", api);
  }
});

test("any other host is allowed if --api, BUDDY_BASE_URL or BUDDY_API_ENDPOINT names the same host", () => {
  const api = "https://buddy.example/api";
  assert.equal(problemOf(api, { flag: "https://BUDDY.example/api/", env: {} }), undefined);
  assert.equal(problemOf(api, { flag: undefined, env: { BUDDY_BASE_URL: api } }), undefined);
  assert.equal(problemOf(api, { flag: undefined, env: { BUDDY_API_ENDPOINT: `${api}/` } }), undefined);
  assert.equal(problemOf(api, { flag: undefined, env: { BUDDY_BASE_URL: "" } }), "unconfirmed-host");
  assert.equal(
    problemOf(api, { flag: undefined, env: { BUDDY_BASE_URL: "https://buddy.example" } }),
    "unconfirmed-host",
  );
});

/** What `fc.webUrl` gives, without its table of all code points, which takes a second. */
const urls = fc
  .tuple(
    fc.constantFrom("http", "https"),
    fc.webAuthority(),
    fc.array(fc.string({ unit: fc.constantFrom(..."aZ09-._~!$&'()*+,;=:@".split(""), "%41", "%2F"), maxLength: 8 }), {
      maxLength: 4,
    }),
  )
  .map(([scheme, authority, path]) => `${scheme}://${authority}${path.map((part) => `/${part}`).join("")}`);

test("a host that only the file names, and that is not one of the three, gets nothing", () => {
  fc.assert(
    fc.property(urls, (api) => {
      fc.pre(parseApi(api).ok);
      assert.equal(problemOf(api), "unconfirmed-host");
      assert.equal(problemOf(api, { flag: api, env: {} }), undefined);
    }),
  );
});

test("no request is sent to a host that only the lockfile names", () => {
  assert.equal(lockedHostProblem("https://api.buddy.works", "https://api.buddy.works"), undefined);
  assert.match(
    lockedHostProblem("https://evil.example", "https://api.buddy.works")?.message ?? "",
    /^only the lockfile names https:\/\/evil\.example, and this run is for https:\/\/api\.buddy\.works/,
  );
});

test("--api takes precedence; without it, the file and both variables must agree as far as they are set", () => {
  const choose = (flag: string | undefined, file: string | undefined, base?: string, endpoint?: string) => {
    const diagnostics: Diagnostic[] = [];
    const { value } = chooseApi(
      {
        flags: flag === undefined ? {} : { api: flag },
        file: file === undefined ? {} : { api: file },
        env: { BUDDY_BASE_URL: base, BUDDY_API_ENDPOINT: endpoint },
        placeOf: () => undefined,
      },
      diagnostics,
    );
    return diagnostics.length > 0 ? diagnostics.map(({ message }) => message) : value;
  };
  const [a, b, c] = ["https://a.example", "https://b.example", "https://c.example"];
  assert.equal(choose(undefined, undefined), "https://api.buddy.works");
  assert.equal(choose(a, b, c, b), a);
  assert.equal(choose(undefined, a, a, `${a}/`), a);
  assert.equal(choose(undefined, undefined, a, ""), a);
  assert.deepEqual(choose(undefined, a, b, c), [
    "the file says api https://a.example, and BUDDY_BASE_URL says https://b.example",
    "the file says api https://a.example, and BUDDY_API_ENDPOINT says https://c.example",
  ]);
  assert.deepEqual(choose(undefined, undefined, a, b), [
    "BUDDY_BASE_URL says api https://a.example, and BUDDY_API_ENDPOINT says https://b.example",
  ]);
  assert.deepEqual(choose(undefined, a, "https://user:canary@b.example"), [
    "the file says api https://a.example, and BUDDY_BASE_URL says something else",
  ]);
});
