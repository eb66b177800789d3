import { execFileSync } from "node:child_process";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import packageJson from "../package.json" with { type: "json" };
import { LICENCES_FILE, thirdPartyLicences } from "./third-party-licences.ts";

const TYPES = "dist/types";

await rm("dist", { recursive: true, force: true });
await Promise.all([bundle(), writeTypes()]);

/**
 * Bundles the program and the library into `dist/`: one small entry for `--help` and `--version`, and chunks that are
 * loaded when a command needs them. The library shares them.
 */
async function bundle(): Promise<void> {
  const { metafile } = await build({
    metafile: true,
    entryPoints: { bin: "src/bin.ts", index: "src/index.ts", emulator: "src/emulator/index.ts" },
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: `node${packageJson.engines.node.replace(/[^\d.]/g, "")}`,
    // The build for Node reads an environment variable for every token.
    alias: { yaml: "./node_modules/yaml/browser/index.js" },
    // Loaded only behind a proxy; too large to be bundled.
    external: ["undici"],
    minifySyntax: true,
    // Their whole texts are in a file of their own.
    legalComments: "none",
    logLevel: "warning",
    banner: {
      // CommonJS packages inside of an ES module look for these.
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  await chmod("dist/bin.js", 0o755);
  await writeFile(join("dist", LICENCES_FILE), await thirdPartyLicences(Object.keys(metafile.inputs)));
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

/** Follows a declaration file's imports. Compilers before 5.0 know no `.ts` in them, so that they become `.js`. */
async function keepTypes(path: string, needed: Set<string>): Promise<void> {
  if (needed.has(path)) return;
  needed.add(path);
  const text = await readFile(path, "utf8");
  const imported = [...text.matchAll(/(?:from |import\()"(\.[^"]+)\.ts"/g)].map(([, name = ""]) => name);
  await Promise.all(imported.map((name) => keepTypes(join(path, "..", `${name}.d.ts`), needed)));
  await writeFile(path, text.replaceAll(/((?:from |import\()"\.[^"]+)\.ts"/g, '$1.js"'));
}
