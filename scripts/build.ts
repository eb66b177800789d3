import { execFileSync } from "node:child_process";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import packageJson from "../package.json" with { type: "json" };
import { LICENCES_FILE, thirdPartyLicences } from "./third-party-licences.ts";

const TYPES = "dist/types";

const OPTIONS = {
  metafile: true,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: `node${packageJson.engines.node.replace(/[^\d.]/g, "")}`,
  // The build of `yaml` for Node reads an environment variable for every token, which is slow.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  minifySyntax: true,
  // Licences are in one separate file, with their whole texts.
  legalComments: "none",
  logLevel: "warning",
  banner: {
    // CommonJS packages inside of an ES module look for these.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
} as const satisfies BuildOptions;

await rm("dist", { recursive: true, force: true });
await Promise.all([bundle(), writeTypes()]);

/**
 * Bundles the program and the library into `dist/`: one small entry for `--help` and `--version`, and chunks that are
 * loaded when a command needs them. The library shares them. The actions for GitHub have their own bundle, which contains
 * everything: nothing is installed where they run.
 */
async function bundle(): Promise<void> {
  const entries = { bin: "src/bin.ts", index: "src/index.ts", emulator: "src/emulator/index.ts" };
  // `undici` is loaded only behind a proxy, and too large to be bundled where packages can be installed.
  const program = await build({ ...OPTIONS, entryPoints: entries, outdir: "dist", external: ["undici"] });
  const actions = Object.fromEntries(
    ["plan", "comment", "apply", "post"].map((name) => [name, `src/action/${name}.ts`]),
  );
  const action = await build({ ...OPTIONS, entryPoints: actions, outdir: "dist/action" });
  await chmod("dist/bin.js", 0o755);
  const inputs = [program, action].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(join("dist", LICENCES_FILE), await thirdPartyLicences(inputs));
}

/** The declarations that the library's entries lead to, and no others. */
async function writeTypes(): Promise<void> {
  // Not from `.bin`, which has a batch file on Windows.
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json"], { stdio: "inherit" });
  const needed = new Set<string>();
  await Promise.all(["index.d.ts", "emulator/index.d.ts"].map((entry) => keepTypes(join(TYPES, entry), needed)));
  const emitted = await readdir(TYPES, { recursive: true, withFileTypes: true });
  const surplus = emitted.filter((file) => file.isFile() && !needed.has(join(file.parentPath, file.name)));
  await Promise.all(surplus.map((file) => rm(join(file.parentPath, file.name))));
}

/** Follows the imports of a declaration file. They become `.js`, since compilers before 5.0 don't accept `.ts` in them. */
async function keepTypes(path: string, needed: Set<string>): Promise<void> {
  if (needed.has(path)) return;
  needed.add(path);
  const text = await readFile(path, "utf8");
  const imported = [...text.matchAll(/(?:from |import\()"(\.[^"]+)\.ts"/g)].map(([, name = ""]) => name);
  await Promise.all(imported.map((name) => keepTypes(join(path, "..", `${name}.d.ts`), needed)));
  await writeFile(path, text.replaceAll(/((?:from |import\()"\.[^"]+)\.ts"/g, '$1.js"'));
}
