import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The name of the file in `dist/`. */
export const LICENCES_FILE = "THIRD-PARTY-LICENCES.txt";

/**
 * The licences of the packages whose code is in the bundle. Most of them require that their text is included.
 * @param inputs the files that were bundled, relative to the project
 * @throws if a package has no file with its licence
 */
export async function thirdPartyLicences(inputs: Iterable<string>): Promise<string> {
  const folders = new Set([...inputs].flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const parts = await Promise.all([...folders].toSorted().map(licenceOf));
  return `The code of these packages is part of the files in this folder.\n${parts.join("")}`;
}

async function licenceOf(folder: string): Promise<string> {
  const about: { readonly name: string; readonly version: string; readonly license?: string } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  const file = (await readdir(folder)).find((name) => /^licen[cs]e(?:\.|$)/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no file with its licence`);
  const text = await readFile(join(folder, file), "utf8");
  return `\n${"-".repeat(80)}\n${about.name} ${about.version} (${about.license ?? "see below"})\n\n${text.trim()}\n`;
}
