import { spawn } from "node:child_process";
import { TestClient } from "../src/emulator/test-client.ts";

/** A local API in its own process. It has no latency until one is set. */
export interface BenchEmulator {
  /** The environment variables that a client needs. */
  readonly env: NodeJS.ProcessEnv;
  readonly client: TestClient;
  setLatency(latencyMs: number): Promise<void>;
  stop(): void;
}

export async function startBenchEmulator(bin: string): Promise<BenchEmulator> {
  const child = spawn(process.execPath, [bin, "emulate", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const text = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.once("exit", () => reject(new Error("the emulator ended")));
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      said += part;
      if (said.includes("BUDDY_WORKSPACE=")) resolve(said);
    });
  });
  const [url = "", token = "", workspace = ""] = [...text.matchAll(/=(.*)\n/g)].map(([, value]) => value ?? "");
  const client = new TestClient({ url, token, workspace });
  return {
    env: { BUDDY_BASE_URL: url, BUDDY_TOKEN: token, BUDDY_WORKSPACE: workspace },
    client,
    setLatency: async (latencyMs) => void (await client.call("PATCH", "/_emulator/settings", { latencyMs })),
    stop: () => void child.kill(),
  };
}
