import {
  gitHubIntegration,
  integrationHash,
  type EmulatorReply,
  type TestClient,
} from "../src/emulator/test-client.ts";
import { parseLockfile } from "../src/checkout/lockfile/read.ts";
import { FingerprintKey, fingerprintSecret, Secret } from "../src/model/secret.ts";
import { median } from "./measure.ts";
import { lockedHashes, readLockfileText, type BenchWorld } from "./world.ts";

/** How long the same work takes with few integrations and with many. */
export interface FewAndMany {
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
export async function lockfileReading(scene: BenchWorld): Promise<FewAndMany> {
  const few = await readLockfileText(scene, "n1000");
  const many = await readLockfileText(scene, "n10000");
  const read = (text: string): number => {
    const start = performance.now();
    parseLockfile("integrations.lock.yaml", text);
    return performance.now() - start;
  };
  return {
    few: median(Array.from({ length: 20 }, () => read(few))),
    many: median(Array.from({ length: 3 }, () => read(many))),
  };
}

/** Milliseconds that the emulator needs for a GET, with almost no integrations and with more than 10,000. */
export async function emulatorReading(scene: BenchWorld): Promise<FewAndMany> {
  const { few, many } = scene;
  const one = integrationHash((await few.client.createIntegration(gitHubIntegration())).json);
  const hashes = await lockedHashes(scene, "n10000");
  return measureInTurns(
    200,
    () => few.client.inWorkspace("GET", `/integrations/${one}`),
    (n) => many.client.inWorkspace("GET", `/integrations/${hashes[n * 50]}`),
  );
}

/** The same for a creation, for which the emulator invents a free identifier. */
export async function emulatorCreating({ few, many }: BenchWorld): Promise<FewAndMany> {
  const create = (client: TestClient, n: number): Promise<EmulatorReply> =>
    client.createIntegration(gitHubIntegration({ name: `Generated ${n}` }));
  return measureInTurns(
    30,
    (n) => create(few.client, n),
    (n) => create(many.client, n),
  );
}

type TimedRequest = (n: number) => Promise<EmulatorReply>;

async function measureInTurns(times: number, few: TimedRequest, many: TimedRequest): Promise<FewAndMany> {
  const fewTimes: number[] = [];
  const manyTimes: number[] = [];
  for (let n = 0; n < times; n += 1) {
    fewTimes.push(await responseTime(few, n));
    manyTimes.push(await responseTime(many, n));
  }
  return { few: median(fewTimes), many: median(manyTimes) };
}

async function responseTime(request: TimedRequest, n: number): Promise<number> {
  const start = performance.now();
  const { status, text } = await request(n);
  if (status >= 300) throw new Error(text);
  return performance.now() - start;
}
