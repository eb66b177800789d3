import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isLoopback,
  parseApi,
  parseSectionName,
  redirectOrigin,
  sameOriginRedirect,
  urlPath,
  workspaceSectionName,
} from "./address.ts";

test("equal base URLs get the same spelling", () => {
  for (const api of [
    "https://api.buddy.works",
    "https://API.Buddy.Works/",
    "https://api.buddy.works:443//",
    " https://api.buddy.works\n",
  ]) {
    assert.deepEqual(parseApi(api), { ok: true, value: "https://api.buddy.works" });
  }
  assert.deepEqual(parseApi("https://HOST/api/"), { ok: true, value: "https://host/api" });
  assert.deepEqual(parseApi("http://[::1]:8080"), { ok: true, value: "http://[::1]:8080" });
});

test("an unusable base URL is refused with a reason that doesn't show a possible password", () => {
  for (const [api, error] of [
    ["api.buddy.works", "it is not a URL"],
    ["https://me:hunter2@host", "it holds a user name or a password"],
    ["https://host/?", "it has a query or a fragment"],
    ["https://host/#", "it has a query or a fragment"],
    ["https://host/a b", "it holds a space or a backslash"],
    ["https://host\\api", "it holds a space or a backslash"],
    ["ftp://host", "it is neither https nor http"],
    ["http://host/api", "http would send the token in clear text to host"],
    ["http://x.localhost", "http would send the token in clear text to x.localhost"],
  ] as const) {
    assert.deepEqual(parseApi(api), { ok: false, error }, api);
  }
});

test("localhost, 127.0.0.0/8 and ::1 are this machine; a name below localhost isn't", () => {
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) assert.equal(isLoopback(host), true, host);
  for (const host of ["x.localhost", "localhost.example.com", "127.0.0.1.example.com", "[::2]", "10.0.0.1"]) {
    assert.equal(isLoopback(host), false, host);
  }
});

test("a section's name is read as it is written", () => {
  const target = { api: "https://host/workspaces/api", workspace: "my-company" };
  assert.deepEqual(parseSectionName(workspaceSectionName(target)), target);
  for (const name of ["", "my-company", "https://host/workspaces/", "/workspaces/my-company"]) {
    assert.equal(parseSectionName(name), undefined, name);
  }
});

test("a path segment is encoded, or refused if URL would resolve it", () => {
  assert.equal(urlPath("a b", "c/d"), "/a%20b/c%2Fd");
  for (const segment of ["", ".", "..", "\uD800"]) assert.equal(urlPath("a", segment), undefined);
});

test("a redirect is followed only within its origin", () => {
  const from = "https://host/api/a";
  assert.equal(sameOriginRedirect("../b", from), "https://host/b");
  assert.equal(sameOriginRedirect("https://evil/b", from), undefined);
  assert.equal(sameOriginRedirect("https://me@host/b", from), undefined);
  assert.equal(sameOriginRedirect(null, from), undefined);
  assert.equal(redirectOrigin("https://evil/b", from), "https://evil");
  assert.equal(redirectOrigin("data:x", from), "");
});
