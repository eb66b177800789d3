import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { root } from "../support/root.ts";
import { filesUnder, readText } from "./prose-of.ts";

const PAGES = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "test/support/README.md",
  ...filesUnder("docs/").filter((path) => path.endsWith(".md")),
];

/** A page without its code, in which nothing is a link or a heading. */
function withoutCode(text: string): string {
  return text.replaceAll(/^(`{3,}).*?^\1$/gms, "").replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ""));
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const name = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let unique = name;
    for (let number = 1; anchors.has(unique); number += 1) unique = `${name}-${number}`;
    anchors.add(unique);
  }
  return anchors;
}

/** What is wrong with a link of a page; undefined if its target exists or is on another site. */
function linkProblem(page: string, link: string): string | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? page : posix.join(posix.dirname(page), file);
  if (!existsSync(new URL(path, root))) return `${page}: ${link} leads to no file`;
  if (anchor === undefined || !path.endsWith(".md") || anchorsOf(readText(path)).has(anchor)) return undefined;
  return `${page}: ${link} leads to no heading`;
}

test("every link of the documents leads to a file and a heading that exist", () => {
  const links = PAGES.flatMap((page) =>
    [...withoutCode(readText(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => ({ page, link })),
  );
  assert.ok(links.length > 100);
  assert.deepEqual(
    links.flatMap(({ page, link }) => linkProblem(page, link) ?? []),
    [],
  );
});

test("a link to a missing file or heading is found", () => {
  assert.equal(linkProblem("README.md", "docs/lost.md"), "README.md: docs/lost.md leads to no file");
  assert.equal(
    linkProblem("docs/secrets.md", "../README.md#lost"),
    "docs/secrets.md: ../README.md#lost leads to no heading",
  );
  assert.equal(linkProblem("docs/secrets.md", "../README.md#documentation"), undefined);
  assert.equal(linkProblem("README.md", "https://example.com/#x"), undefined);
});
