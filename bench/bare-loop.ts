import { readFileSync } from "node:fs";
import { ofetch } from "ofetch";
import pLimit from "p-limit";

/**
 * `bare-loop HASHES`: reads the integrations of this file, a hash a line, and does nothing with them. No program that
 * reads them with the same packages can do with less.
 */
const { BUDDY_BASE_URL, BUDDY_TOKEN, BUDDY_WORKSPACE } = process.env;
const hashes = readFileSync(process.argv[2] ?? "", "utf8")
  .trimEnd()
  .split("\n");
const limit = pLimit(10);
const headers = { authorization: `Bearer ${BUDDY_TOKEN}` };
const read = (hash: string): Promise<{ readonly hash_id: string }> =>
  ofetch(`${BUDDY_BASE_URL}/workspaces/${BUDDY_WORKSPACE}/integrations/${hash}`, { headers, retry: 0 });
const answers = await Promise.all(hashes.map((hash) => limit(() => read(hash))));
if (!answers.every(({ hash_id }, index) => hash_id === hashes[index])) throw new Error("other integrations were read");
