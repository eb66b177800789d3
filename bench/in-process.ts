import { gitHub, hashOf, type Reply, type TestClient } from "../src/emulator/test-client.ts";
import { parseLock } from "../src/checkout/lockfile/read.ts";
import { FingerprintKey, fingerprintSecret, Secret } from "../src/model/secret.ts";
import { median } from "./measure.ts";
import { lockedHashes, readLockfile, type Scene } from "./scene.ts";

/** How long the same takes with few integrations and with many. */
export interface Sizes {
  readonly few: number;
  readonly many: number;
}

const FINGERPRINTS = 20_000;

/** Microseconds for each. */
export function fingerprinting(): number {
  const key = new FingerprintKey(Buffer.alloc(32, 1));
  const secret = new Secret("TOKEN", "a-token-of-forty-letters-as-many-of-them");
  const sign = (count: number): void => {
    for (let n = 0; n < count; n += 1) fingerprintSecret(secret, key, "5e391f5aae784b7208de0d0a", "token");
  };
  // The first ones are slower.
  sign(FINGERPRINTS / 4);
  const start = performance.now();
  sign(FINGERPRINTS);
  return ((performance.now() - start) * 1000) / FINGERPRINTS;
}

/** Milliseconds for lockfiles of 1,000 and 10,000 integrations. */
export async function lockfileReading(scene: Scene): Promise<Sizes> {
  const few = await readLockfile(scene, 1000);
  const many = await readLockfile(scene, 10_000);
  const read = (text: string): number => {
    const start = performance.now();
    parseLock("integrations.lock.yaml", text);
    return performance.now() - start;
  };
  return {
    few: median(Array.from({ length: 20 }, () => read(few))),
    many: median(Array.from({ length: 3 }, () => read(many))),
  };
}

/** Milliseconds that the emulator takes for a GET, where there are next to no integrations and more than 10,000. */
export async function emulatorReading(scene: Scene): Promise<Sizes> {
  const { few, many } = scene;
  const one = hashOf((await few.client.create(gitHub())).json);
  const hashes = await lockedHashes(scene, 10_000);
  return byTurns(
    200,
    () => few.client.at("GET", `/integrations/${one}`),
    (n) => many.client.at("GET", `/integrations/${hashes[n * 50]}`),
  );
}

/** The same for a creation, for which the emulator makes up an identifier that nothing else has. */
export async function emulatorCreating({ few, many }: Scene): Promise<Sizes> {
  const create = (client: TestClient, n: number): Promise<Reply> => client.create(gitHub({ name: `Generated ${n}` }));
  return byTurns(
    30,
    (n) => create(few.client, n),
    (n) => create(many.client, n),
  );
}

type Ask = (n: number) => Promise<Reply>;

async function byTurns(times: number, few: Ask, many: Ask): Promise<Sizes> {
  const fewTimes: number[] = [];
  const manyTimes: number[] = [];
  for (let n = 0; n < times; n += 1) {
    fewTimes.push(await answerTime(few, n));
    manyTimes.push(await answerTime(many, n));
  }
  return { few: median(fewTimes), many: median(manyTimes) };
}

async function answerTime(ask: Ask, n: number): Promise<number> {
  const start = performance.now();
  const { status, text } = await ask(n);
  if (status >= 300) throw new Error(text);
  return performance.now() - start;
}
