import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";

/**
 * `bare-loop HASHES`: reads the integrations of this file (one hash per line), ten at once, and does nothing with them. No
 * program for Node.js that reads them can need less.
 */
const { BUDDY_BASE_URL, BUDDY_TOKEN, BUDDY_WORKSPACE } = process.env;
const hashes = readFileSync(process.argv[2] ?? "", "utf8")
  .trimEnd()
  .split("\n");
const agent = new Agent({ keepAlive: true });
const headers = { authorization: `Bearer ${BUDDY_TOKEN}` };

const read = (hash: string): Promise<{ readonly hash_id: string }> =>
  new Promise((resolve, reject) => {
    const url = `${BUDDY_BASE_URL}/workspaces/${BUDDY_WORKSPACE}/integrations/${hash}`;
    get(url, { agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () => resolve(JSON.parse(text)));
    }).on("error", reject);
  });

let next = 0;
const workers = Array.from({ length: 10 }, async () => {
  for (let hash = hashes[next++]; hash !== undefined; hash = hashes[next++]) {
    const { hash_id } = await read(hash);
    if (hash_id !== hash) throw new Error("another integration was read");
  }
});
await Promise.all(workers);
