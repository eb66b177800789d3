import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * npm runs this after `npm install` in a checkout, and before it packs one: also for an installation from a git URL, and
 * for pre-commit. It is plain JavaScript since the packages that run TypeScript may not be there.
 *
 * It writes to stderr only: pre-commit takes the name of the archive from the stdout of `npm pack`. `.npmrc` keeps npm's
 * own line about this script away from there.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const about = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

if (!isBuilt()) build();
replaceLink();

function isBuilt() {
  const entries = Object.values(about.exports).map((entry) => entry.default ?? entry);
  const built = [...Object.values(about.bin), ...entries].filter((path) => /^(?:\.\/)?dist\//.test(path));
  return built.every((path) => existsSync(join(root, path)));
}

function build() {
  if (hasPackages()) return compile(root);
  // In a copy, since the packages are only for the build, and since npm may be changing `node_modules` right now.
  const copy = mkdtempSync(join(tmpdir(), "buddy-integrations-build-"));
  try {
    const left = new Set([".git", ".test", "coverage", "dist", "node_modules"]);
    cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path).split(sep)[0] ?? "") });
    installPackages(copy, "--include=dev");
    compile(copy);
    cpSync(join(copy, "dist"), join(root, "dist"), { recursive: true });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function hasPackages() {
  const names = Object.keys({ ...about.dependencies, ...about.devDependencies });
  return names.every((name) => existsSync(join(root, "node_modules", name, "package.json")));
}

/**
 * `npm install --global` of a git URL prepares a clone with a second npm, which is global as well. The second one links the
 * clone to the place where the first is about to unpack it, and the clone is then deleted: a link to nothing would remain.
 * So the link becomes a folder again, with the packages that the first npm had put there.
 */
function replaceLink() {
  const { npm_config_global: isGlobal, npm_config_global_prefix: prefix, _PACOTE_NO_PREPARE_: isSecond } = process.env;
  if (isGlobal !== "true" || prefix === undefined || isSecond !== undefined) return;
  const modules = process.platform === "win32" ? join(prefix, "node_modules") : join(prefix, "lib", "node_modules");
  const place = join(modules, about.name);
  const isLink = existsSync(place) && lstatSync(place).isSymbolicLink() && realpathSync(place) === realpathSync(root);
  // The checkout of a developer may be linked too. That link stays.
  if (!isLink || !root.split(sep).includes("_cacache")) return;
  rmSync(place);
  mkdirSync(place);
  installPackages(root, "--omit=dev");
  for (const name of Object.keys(about.dependencies)) {
    cpSync(join(root, "node_modules", name), join(place, "node_modules", name), { recursive: true });
  }
}

/**
 * The environment holds the options of the npm that runs this script. The options here override them: with `--global`,
 * npm would install the checkout itself, and no packages.
 * @param {string} folder
 * @param {string} which
 */
function installPackages(folder, which) {
  const args = ["ci", which, "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund"];
  const here = [
    "--global=false",
    "--location=project",
    `--prefix=${folder}`,
    "--dry-run=false",
    "--foreground-scripts",
  ];
  const npm = process.env["npm_execpath"] ?? "";
  // pnpm and Yarn set it too.
  if (/npm-cli\.[cm]?js$/.test(npm)) return run(folder, process.execPath, [npm, ...args, ...here]);
  return run(folder, "npm", [...args, ...here]);
}

/**
 * Runs the scripts without npm. It would print a line about each, and with `--global` use the wrong folder.
 * @param {string} folder
 */
function compile(folder) {
  for (const script of ["generate.ts", "build.ts"]) {
    run(folder, process.execPath, ["--import", "tsx", join("scripts", script)]);
  }
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(cwd, command, args) {
  const shell = process.platform === "win32" && command === "npm";
  const { status, signal, error } = spawnSync(command, args, { cwd, stdio: ["ignore", 2, 2], shell });
  if (status === 0) return;
  throw new Error(`${[command, ...args].join(" ")}: ${error?.message ?? signal ?? `exit code ${status}`}`);
}
