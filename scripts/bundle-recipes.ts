/** Makes `src/render/recipes.generated.js` from `recipes/`, so that `init --ci` writes what the tests run. */
import { readFile, writeFile } from "node:fs/promises";

const root = new URL("../", import.meta.url);
const FILES = {
  github: "recipes/github/buddy-integrations.yml",
  gitlab: "recipes/gitlab/buddy-integrations.gitlab-ci.yml",
  buddy: "recipes/buddy/buddy-integrations.yml",
};

const texts = await Promise.all(
  Object.entries(FILES).map(async ([system, file]) => [system, await readFile(new URL(file, root), "utf8")]),
);
const notice = "// Made from recipes/ by scripts/bundle-recipes.ts. Don't edit.\n";
const source = `export const recipes = ${JSON.stringify(Object.fromEntries(texts), null, 2)};\n`;
const types = Object.keys(FILES).map((system) => `  readonly ${system}: string;\n`);
await writeFile(new URL("src/render/recipes.generated.js", root), notice + source);
await writeFile(
  new URL("src/render/recipes.generated.d.ts", root),
  `${notice}export declare const recipes: {\n${types.join("")}};\n`,
);
