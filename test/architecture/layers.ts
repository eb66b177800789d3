/** What the files of one folder (not of the folders in it), or one file, may use. Everything else is refused. */
export interface Layer {
  /**
   * Separated by spaces: `model/` is that folder and all in it, `io.ts` is one file, `node:path` a module of Node, `yaml` a
   * package. Files beside one another may always import each other, unless the row is about one file.
   */
  readonly imports: string;
  /** The same, only for `import type`, which runs nothing. */
  readonly types?: string;
  /** Globals that read or change the world outside; see {@link WORLD}. */
  readonly globals?: string;
  /** What else unit tests may import. They may always import what the code may, their top folder, `test/support/` and `exit.ts`. */
  readonly tests?: string;
}

/** Globals that are refused unless a row names them; `Date` is the clock, so `new Date(ms)` and `Date.parse` are free. */
export const WORLD = [
  "process",
  "console",
  "Date",
  "performance",
  "fetch",
  "globalThis",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "crypto",
  "Math.random",
] as const;

/** Paths are below `src/`. The row with the longest path decides. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  // The process boundary.
  "bin.ts": { imports: "process.ts", globals: "process" },
  "process.ts": { imports: "main.ts process-io.ts exit.ts package.json", globals: "process" },
  "process-io.ts": {
    imports: "io.ts git.ts process-table.ts prompt.ts node:fs node:os node:timers/promises",
    globals: "process Date globalThis Math.random setInterval",
  },
  "main.ts": {
    imports: "cli/ commands/session.ts commands/harmless-io.ts io.ts exit.ts render/ commander",
    types: "model/diagnostic-catalog.ts",
  },
  // The actions of GitHub: they run the program as it is, and know GitHub's API; the program knows nothing of either.
  "action/run-action.ts": {
    imports:
      "action/ main.ts process-io.ts io.ts exit.ts api/http/proxy.ts model/ package.json node:crypto node:fs/promises node:os node:path",
    globals: "process globalThis",
  },
  "action/": {
    imports:
      "action/ checkout/ config/yaml/ plan/review/ render/markdown-code.ts model/ io.ts exit.ts node:crypto node:fs/promises node:path node:util",
  },
  "action/github/": { imports: "model/ fflate" },
  "io.ts": { imports: "" },
  "exit.ts": { imports: "", types: "api/client.ts" },
  "git.ts": { imports: "io.ts node:child_process node:path", globals: "process" },
  "process-table.ts": { imports: "node:child_process node:fs", globals: "process" },
  "prompt.ts": { imports: "node:readline node:stream" },
  // The library: index.ts lists what it offers, library/ has the functions that only it has.
  "index.ts": {
    imports: "library/ plan/ apply/ api/ pipelines/ render/ checkout/lockfile/ checkout/journal/codec.ts model/",
    tests: "emulator/",
  },
  "library/": {
    imports: "commands/sync/prepare-plan.ts config/ plan/ apply/ api/ render/ checkout/lockfile/ model/",
  },

  // Arguments, then the composition of stages.
  "cli/": { imports: "commands/ completion/ model/ io.ts exit.ts commander" },
  "commands/": {
    imports:
      "commands/doctor/ commands/export/ commands/inputs/ commands/refs/ commands/sync/ config/ plan/ apply/ api/ pipelines/ probe/ checkout/ completion/ explain/ export/ overview/ render/ model/ io.ts exit.ts node:path",
  },
  // The parts of one command, and what several commands read. Session, console and stop are beside the commands.
  "commands/inputs/": {
    imports:
      "commands/session.ts commands/console.ts commands/stop.ts commands/command-text.ts config/ plan/ apply/ api/ checkout/ export/ overview/ render/ model/ io.ts exit.ts node:path",
  },
  "commands/sync/": {
    imports:
      "commands/session.ts commands/console.ts commands/stop.ts commands/command-text.ts commands/inputs/ commands/refs/ config/ plan/ apply/ api/ pipelines/ checkout/ render/ model/ io.ts exit.ts node:path",
  },
  "commands/doctor/": {
    imports:
      "commands/session.ts commands/console.ts commands/stop.ts commands/command-text.ts commands/inputs/ commands/refs/ config/ apply/ api/ pipelines/ probe/ checkout/ overview/ render/ model/ io.ts exit.ts node:path",
  },
  "commands/export/": {
    imports:
      "commands/session.ts commands/console.ts commands/stop.ts commands/command-text.ts commands/inputs/ config/ plan/ apply/ api/ checkout/ export/ overview/ render/ model/ io.ts exit.ts node:path",
  },
  "commands/refs/": {
    imports:
      "commands/session.ts commands/console.ts commands/stop.ts commands/command-text.ts commands/inputs/ config/ api/ pipelines/ checkout/ render/ model/ io.ts exit.ts node:path",
  },
  "commands/emulate.ts": { imports: "emulator/ commands/ io.ts exit.ts node:path" },

  // The core: no files, no network, no process, no clock. Only `yaml` and `dotenv` parse text, and `node:crypto` hashes.
  "model/": { imports: "model/codes/ node:crypto node:util" },
  "model/codes/": { imports: "" },
  "config/": { imports: "config/ model/ dotenv", tests: "render/" },
  "config/rules/": { imports: "config/ model/" },
  "config/yaml/": { imports: "model/ yaml" },
  "plan/": { imports: "plan/ model/" },
  "plan/match/": { imports: "plan/ model/", types: "api/client.ts" },
  "plan/compare/": { imports: "plan/ model/ node:crypto" },
  "plan/decide/": { imports: "plan/ model/" },
  "plan/review/": { imports: "plan/ model/ node:crypto", types: "api/client.ts" },
  "pipelines/": { imports: "pipelines/ model/ diff" },
  "pipelines/scan/": { imports: "pipelines/ config/yaml/ model/ yaml" },
  "pipelines/meaning/": { imports: "pipelines/ model/" },
  "checkout/journal/": {
    imports: "checkout/ model/ node:fs/promises node:path",
    types: "apply/journal.ts",
  },
  "checkout/lockfile/": { imports: "config/yaml/ model/" },
  "completion/": { imports: "" },
  "explain/": { imports: "plan/plan-words.ts model/", tests: "config/ render/" },
  "export/": { imports: "model/", tests: "config/ render/" },
  "overview/": { imports: "plan/ model/", tests: "config/" },
  "render/": {
    imports:
      "plan/change.ts plan/field-change.ts plan/loss.ts plan/match/temporary-identifier.ts plan/review/plan-hash.ts api/words/ model/ node:crypto picocolors yaml diff node:util",
    types: "apply/outcome.ts explain/ export/ overview/ pipelines/ probe/",
    tests: "config/ export/",
  },

  // Effects, behind ports that are passed in.
  "apply/": { imports: "plan/ model/ api/unknown-outcome.ts p-limit", types: "api/client.ts" },
  "api/": { imports: "model/ api/words/known-value.ts" },
  "api/http/": {
    imports: "api/ model/ ofetch p-limit undici node:http node:https node:net node:zlib",
    types: "node:stream",
    globals: "setTimeout",
  },
  // The port is passed in; what leaves it passes the guard in api/http/. Names and credentials are made up at random.
  "probe/": { imports: "probe/ model/ node:crypto", types: "api/probe-client.ts" },
  "probe/assumptions/": { imports: "probe/ model/", types: "api/probe-client.ts" },
  "api/words/": { imports: "model/ node:util", types: "api/client.ts" },
  // The journal's records are the types of the port that `apply/` keeps.
  "checkout/": {
    imports: "checkout/ model/ node:fs node:fs/promises node:net node:tty node:path node:crypto node:timers/promises",
    types: "apply/journal.ts node:stream",
    globals: "setInterval setTimeout",
  },

  // A server that shares no code with the client, so that both can't have the same error.
  "emulator/": {
    imports: "yaml node:crypto node:events node:fs node:http node:timers/promises",
    globals: "Date performance setInterval setTimeout fetch",
    tests: "model/catalog.ts",
  },
};

/** Exports of one file that only some files may name; the rest must not even see them. */
export const SPECIAL_NAMES: Readonly<Record<string, { readonly from: string; readonly users: readonly string[] }>> = {
  unwrapSecret: { from: "src/model/secret.ts", users: ["src/api/wire.ts", "src/model/secret.test.ts"] },
  maskableLines: { from: "src/model/secret.ts", users: ["src/commands/inputs/masks.ts", "src/model/secret.test.ts"] },
};
