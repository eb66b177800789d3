import assert from "node:assert/strict";
import { test } from "node:test";
import { isExcluded } from "./no-proxy.ts";

const CASES: readonly (readonly [noProxy: string, url: string, isDirect: boolean])[] = [
  ["", "https://api.buddy.works", false],
  ["*", "https://api.buddy.works", true],
  ["localhost, buddy.works", "https://api.buddy.works", true],
  ["buddy.works", "https://buddy.works", true],
  ["BUDDY.Works", "https://Api.buddy.works", true],
  [".buddy.works", "https://api.buddy.works", true],
  ["*.buddy.works", "https://api.buddy.works", true],
  ["buddy.works.", "https://api.buddy.works", true],
  ["works", "https://api.buddy.works", true],
  ["uddy.works", "https://api.buddy.works", false],
  ["api.buddy.works.example", "https://api.buddy.works", false],
  ["buddy.works:443", "https://api.buddy.works", true],
  ["buddy.works:443", "https://api.buddy.works:8443", false],
  ["buddy.works:8443", "https://api.buddy.works:8443", true],
  ["10.1.2.3", "https://10.1.2.3/api", true],
  ["10.1.2.3:443", "https://10.1.2.3/api", true],
  ["10.1.2.3:444", "https://10.1.2.3/api", false],
  ["2.3", "https://10.1.2.3/api", false],
  ["10.0.0.0/8", "https://10.1.2.3/api", true],
  ["10.0.0.0/8", "https://11.1.2.3/api", false],
  ["192.168.0.0/16,10.1.0.0/16 172.16.0.0/12", "https://10.1.255.255", true],
  ["10.1.2.3/32", "https://10.1.2.4", false],
  ["0.0.0.0/0", "https://10.1.2.4", true],
  ["0.0.0.0/0", "https://api.buddy.works", false],
  ["0.0.0.0/0", "https://[fd00::1]", false],
  ["fd00::/8", "https://[fd00:1::2]/api", true],
  ["fd00::/8", "https://[fe00:1::2]/api", false],
  ["[fd00::]/8", "https://[fd00:1::2]/api", true],
  ["fd00:0:0:0:0:0:0:1", "https://[fd00::1]", true],
  ["[fd00::1]", "https://[fd00::1]", true],
  ["[fd00::1]:443", "https://[fd00::1]", true],
  ["[fd00::1]:444", "https://[fd00::1]", false],
  ["10.0.0.0/33", "https://10.0.0.1", false],
  ["10.0.0.0/x", "https://10.0.0.1", false],
  ["10.0.0/8", "https://10.0.0.1", false],
  ["/8", "https://10.0.0.1", false],
  [",, ,.,:443,[],*.", "https://api.buddy.works", false],
];

for (const [noProxy, url, isDirect] of CASES) {
  test(`NO_PROXY=${noProxy}: ${url} is reached ${isDirect ? "directly" : "through the proxy"}`, () => {
    assert.equal(isExcluded(new URL(url), noProxy), isDirect);
  });
}
