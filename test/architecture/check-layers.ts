import { posix } from "node:path";
import { transform } from "esbuild";
import { LAYERS, SPECIAL_NAMES, WORLD, type Layer } from "./layers.ts";

/** Path from the root of the repository to the text of the file. */
export type SourceFiles = ReadonlyMap<string, string>;

interface ImportedModule {
  readonly specifier: string;
  readonly isType: boolean;
  /** The names in the imported file; `*` if it can be any. */
  readonly names: readonly string[];
}

/** Every import and global that the table refuses, one line each, sorted. */
export async function layerProblems(files: SourceFiles): Promise<string[]> {
  const checked = [...files].map(async ([path, text]) => [
    ...specialNameProblems(path, text),
    ...(path.startsWith("src/") ? await layerProblemsOf(path, text, files) : []),
  ]);
  return (await Promise.all(checked)).flat().toSorted();
}

async function layerProblemsOf(path: string, text: string, files: SourceFiles): Promise<string[]> {
  const row = rowOf(path);
  if (row === undefined) return [`${path} is in no layer: add its folder to test/architecture/layers.ts`];
  const isTest = path.endsWith(".test.ts");
  const layer = LAYERS[row] ?? { imports: "" };
  const found = importedModules(text).flatMap(({ specifier, isType }) => {
    if (specifier === "") return [`${path} imports a module whose name is computed`];
    const target = specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier;
    if (specifier.startsWith(".") && !files.has(target)) return [`${path} imports ${target}, which is not there`];
    const isAllowed = mayImport(path, row, layer, target, isType) || (isTest && mayTestImport(row, layer, target));
    return isAllowed ? [] : [`${path} must not import ${target}`];
  });
  return isTest ? found : [...found, ...(await globalProblems(path, text, layer))];
}

/** The row of a path: of the file itself, or of its folder. */
export function rowOf(path: string): string | undefined {
  const name = path.replace(/^src\//, "").replace(/\.test\.ts$/, ".ts");
  const folder = posix.dirname(name) === "." ? "" : `${posix.dirname(name)}/`;
  const rows = Object.keys(LAYERS);
  if (rows.includes(name)) return name;
  if (rows.includes(folder)) return folder;
  return undefined;
}

function mayImport(
  path: string,
  row: string,
  { imports, types = "" }: Layer,
  target: string,
  isType: boolean,
): boolean {
  // A file with its own row isn't treated like its neighbours.
  const isNeighbour = row.endsWith("/") && posix.dirname(path) === posix.dirname(target) && rowOf(target) === row;
  const allowed = words(isType ? `${imports} ${types}` : imports);
  return isNeighbour || allowed.some((entry) => matchesEntry(target, entry));
}

function mayTestImport(row: string, { tests = "" }: Layer, target: string): boolean {
  if (!target.startsWith("src/"))
    return target.startsWith("test/support/") || !/^(?:test|scripts|bench)\//.test(target);
  const top = `${row.replace(/\/.*|\.ts$/, "")}/`;
  return words(`${top} ${row} exit.ts ${tests}`).some((entry) => matchesEntry(target, entry));
}

function matchesEntry(target: string, entry: string): boolean {
  const inSource = `src/${entry}`;
  // A folder stands for all files below it.
  if (entry.endsWith("/")) return target.startsWith(inSource);
  return target === entry || target === inSource;
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

/** Finds imports of the name, of all names, or of the file at run time, and exports that pass the name on. */
function specialNameProblems(path: string, text: string): string[] {
  return Object.entries(SPECIAL_NAMES).flatMap(([name, { from, users }]) => {
    const modules = importedModules(text).filter(
      ({ specifier }) => specifier.startsWith(".") && posix.join(posix.dirname(path), specifier) === from,
    );
    const isImported = modules.some(({ names }) => names.includes(name) || names.includes("*"));
    const isPassedOn =
      path !== from && [...text.matchAll(EXPORT_LIST)].some(([, list]) => namesIn(list).includes(name));
    return [
      ...(isImported && !users.includes(path) ? [`${path} must not use ${name}`] : []),
      ...(isPassedOn ? [`${path} must not pass ${name} on`] : []),
    ];
  });
}

const STATIC_IMPORT = /^(?:import|export)\s+(type\s)?([^"';=()]*?)\s*from\s*["']([^"']+)["']/gm;
const BARE_IMPORT = /^import\s*["']([^"']+)["']/gm;
const DYNAMIC_IMPORT = /(?<![.\w])(?:import|require)\s*\(\s*(?:["']([^"']+)["'])?/g;
const EXPORT_LIST = /^export\s*\{([^}]*)\}/gm;

/** Every module that the text imports. Comments are read as code, so it may find too many, never too few. */
function importedModules(text: string): ImportedModule[] {
  return [
    ...[...text.matchAll(STATIC_IMPORT)].map(([, type, clause = "", specifier = ""]) => ({
      specifier,
      isType: type !== undefined,
      names: namesIn(clause),
    })),
    ...[...text.matchAll(BARE_IMPORT)].map(([, specifier = ""]) => ({ specifier, isType: false, names: [] })),
    ...[...text.matchAll(DYNAMIC_IMPORT)].map(([, specifier = ""]) => ({ specifier, isType: false, names: ["*"] })),
  ];
}

/** `{ a, type b as c }` to a and b; `* as all` to `*`. */
function namesIn(clause = ""): string[] {
  return clause.split(/[{},]/).flatMap((part) => /^\s*(?:type\s+)?([\w$]+|\*)/.exec(part)?.[1] ?? []);
}

/** esbuild replaces each global by a marker. It knows globals from local names, properties, types, texts and comments. */
async function globalProblems(path: string, text: string, { globals = "" }: Layer): Promise<string[]> {
  if (text === "" || !path.endsWith(".ts") || path.endsWith(".d.ts")) return [];
  const refused = WORLD.filter((name) => !words(globals).includes(name));
  const marker = (name: string): string => `REFUSED_${name.replace(".", "_")}`;
  const define = Object.fromEntries(refused.map((name) => [name, marker(name)]));
  const { code: marked } = await transform(text, { loader: "ts", define });
  // A date that is made from a number or a text doesn't read the clock.
  const code = marked.replaceAll(/new REFUSED_Date\((?!\))|REFUSED_Date\.(?:parse|UTC)\b/g, "");
  return refused.filter((name) => code.includes(marker(name))).map((name) => `${path} must not use ${name}`);
}
