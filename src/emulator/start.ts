import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { changeSettings } from "./control.ts";
import { openDataFile } from "./data-file.ts";
import { DEFAULT_SEED } from "./default-seed.ts";
import type { Fault } from "./faults.ts";
import { Faults } from "./faults.ts";
import { RateLimiter } from "./rate-limit.ts";
import type { RequestLogEntry } from "./request-log.ts";
import { RequestLog } from "./request-log.ts";
import { readSeed } from "./seed.ts";
import { emulatorServer } from "./server.ts";
import type { EmulatorSettings } from "./settings.ts";
import { settingsFrom } from "./settings.ts";
import type { StateChange } from "./state.ts";
import { Store } from "./store.ts";
import { TokenUses } from "./token-uses.ts";
import type { StoredIntegration } from "./types.ts";

/** The options of the emulator. Every setting is an option too. */
export interface EmulatorOptions extends Partial<EmulatorSettings> {
  /** The port to listen on. Default 0: a free one. */
  port?: number;
  /** The address to listen on. Default 127.0.0.1; only loopback addresses are allowed. */
  host?: string;
  /** File that keeps the state, and survives SIGKILL. */
  data?: string;
  /** YAML file that describes workspaces, people and tokens. Read when there is no data yet. */
  seed?: string;
  /** File that gets a JSON line per request, without credentials. */
  log?: string;
  faults?: Fault[];
  onRequest?: (entry: RequestLogEntry) => void;
}

export interface Emulator {
  /** The base URL, without a slash at the end. */
  readonly url: string;
  /** The token of the seed with the most scopes. */
  readonly token: string;
  /** Handle of the first workspace. */
  readonly workspace: string;
  /** The last 100,000 requests. */
  readonly requests: readonly RequestLogEntry[];
  /** The integrations as stored, write-only fields among them. */
  stored(workspace?: string): readonly StoredIntegration[];
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Switches the settings that are given; the others stay. */
  changeSettings(settings: Partial<EmulatorSettings>): void;
  close(): Promise<void>;
}

/** Rejects when the port is taken, the host isn't loopback, or a file can't be read. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const host = options.host ?? "127.0.0.1";
  if (!isLoopbackHost(host)) throw new Error(`the emulator listens on loopback addresses only, not on ${host}`);
  const store = openStore(options);
  const log = new RequestLog(options.log, options.onRequest);
  const faults = new Faults();
  for (const fault of options.faults ?? []) faults.add(fault);
  const settings = settingsFrom(options);
  store.lagMs = () => settings.lagMs;
  const links = { api: "", app: "" };
  const closing = new AbortController();
  // Each waiting request adds a listener. Without this, Node.js would treat more than ten as a leak, and print a
  // warning.
  setMaxListeners(0, closing.signal);
  const parts = { store, settings, faults, log, limiter: new RateLimiter(), uses: new TokenUses(), links };
  const server = emulatorServer(parts, closing.signal);
  await listen(server, options.port ?? 0, host);
  const url = listeningUrl(server);
  Object.assign(links, store.state.links ?? { api: url, app: url });
  const workspace = [...store.state.workspaces.keys()][0] ?? "";
  return {
    url,
    token: tokenWithMostScopes(store),
    workspace,
    requests: log.entries,
    stored: (name = workspace) => [...(store.workspace(name)?.tables.integration.values() ?? [])],
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    changeSettings: (given) => changeSettings(parts, given),
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      store.close();
      log.close();
    },
  };
}

function openStore({ data, seed }: EmulatorOptions): Store {
  const changes = () => (seed === undefined ? readSeed(DEFAULT_SEED) : readSeedFile(seed));
  if (data === undefined) {
    const store = new Store();
    store.commit(...changes());
    return store;
  }
  const { state, log, isNew } = openDataFile(data);
  const store = new Store(state, log);
  if (isNew) store.commit(...changes());
  return store;
}

function readSeedFile(path: string): StateChange[] {
  const source = readFileSync(path, "utf8");
  try {
    return readSeed(source);
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function tokenWithMostScopes(store: Store): string {
  const tokens = [...store.state.tokens.values()].toSorted((a, b) => b.scopes.length - a.scopes.length);
  return tokens[0]?.token ?? "";
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function listeningUrl(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the emulator has no address");
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
