import { chmod, rm } from "node:fs/promises";
import { build } from "esbuild";
import packageJson from "../package.json" with { type: "json" };

/**
 * Bundles the program into `dist/`: one small entry for `--help` and `--version`, and chunks that are loaded when a
 * command needs them.
 */
await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: ["src/bin.ts"],
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
  legalComments: "linked",
  logLevel: "warning",
  banner: {
    // CommonJS packages inside of an ES module look for these.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
await chmod("dist/bin.js", 0o755);
