import { basename, dirname, join, relative, resolve } from "node:path";
import { makeFolder } from "../checkout/make-folder.ts";
import { createExclusively, followLinks, isThere, writeFileAtomic } from "../checkout/files.ts";
import { journalOf, lockfileOf, runLockOf } from "../checkout/paths.ts";
import { pathsFromTop, repositoryTop } from "../checkout/repository-top.ts";
import { BUDDY_REGIONS, DEFAULT_API, type BuddyRegion } from "../config/api-host.ts";
import { KEY_ADVICE, KEY_VARIABLE } from "../config/fingerprint-key.ts";
import { resolveTarget } from "../config/resolve-target.ts";
import type { EndReason } from "../exit.ts";
import { errorDiagnostic } from "../model/diagnostic.ts";
import type { Result, Target } from "../model/integration.ts";
import { failure, success } from "../model/integration.ts";
import { ciRecipe, RECIPE_FILES, RECIPE_STEPS, type CiSystem } from "../render/ci-recipe.ts";
import { renderDesiredFile } from "../render/exported-file.ts";
import { commandText } from "./command-text.ts";
import { hasToken } from "./inputs/connect.ts";
import { exportWorkspace } from "./export.ts";
import { readInput } from "./inputs/read-input.ts";
import { schemaAddress } from "./export/schema-address.ts";
import type { Session, WorkspaceOptions } from "./session.ts";
import { reportStop, stop, stopUnwritten, type CommandStop } from "./stop.ts";

export interface InitOptions extends WorkspaceOptions {
  readonly region: BuddyRegion | undefined;
  readonly credentials: "managed" | "unmanaged" | undefined;
  readonly ci: CiSystem | undefined;
}

/** `init`: writes a first file or exports what exists, adds to `.gitignore`, and writes the recipe of a CI system. */
export async function init(session: Session<InitOptions>): Promise<readonly EndReason[]> {
  const answered = await askWhatIsMissing(session);
  if (!answered.ok) return reportStop(session, answered.error);
  const { target, session: asked } = answered.value;
  const begun = await writeDesiredState(asked, target);
  if (!begun.ok) return begun.error;
  const more = [await ignoreOwnFiles(asked), await writeRecipe(asked, target)];
  for (const each of more) if (!each.ok) return reportStop(asked, each.error);
  for (const line of nextStepsAfterInit(asked, begun.value)) asked.console.note(line);
  return [];
}

interface AnsweredQuestions {
  readonly target: Target;
  /** With the answers in its options and its environment. */
  readonly session: Session<InitOptions>;
}

/** Asks the person for what neither the options nor the environment give. */
async function askWhatIsMissing(session: Session<InitOptions>): Promise<Result<AnsweredQuestions, CommandStop>> {
  const { io, options } = session;
  const ask = async (question: string, answer?: "hidden"): Promise<string | undefined> =>
    io.interactive ? (await io.ask(question, answer))?.trim() || undefined : undefined;
  const hasWorkspace = [options.workspace, io.env["BUDDY_WORKSPACE"], io.env["BUDDY_WORKSPACE_DOMAIN"]].some(Boolean);
  const workspace = hasWorkspace ? options.workspace : await ask("Workspace, as in app.buddy.works/WORKSPACE: ");
  const hasHost = [options.api, options.region, io.env["BUDDY_BASE_URL"], io.env["BUDDY_API_ENDPOINT"]].some(Boolean);
  const place = hasHost ? options.region : await ask("Region (us, eu, asia) or the API's address [us]: ");
  const api = options.api ?? (place === undefined ? undefined : (regionApi(place) ?? place));
  const target = resolveTarget({ flags: { workspace, api }, file: {}, env: io.env, placeOf: () => undefined });
  if (!target.ok) return stop("invalid", ...target.error);
  const isFileThere = await isThere(resolve(io.cwd, options.file));
  const token =
    hasToken(io) || isFileThere
      ? undefined
      : await ask("API token, not shown and not stored (leave it empty to begin with an empty file): ", "hidden");
  if (io.signal.aborted) return failure({ reasons: [], diagnostics: [], plan: undefined });
  const isExport = !isFileThere && (token !== undefined || hasToken(io));
  const who =
    !isExport || options.credentials !== undefined
      ? options.credentials
      : await ask("Credentials: managed or unmanaged [managed where their variables have values]: ");
  if (who !== undefined && who !== "managed" && who !== "unmanaged") {
    return stop(
      "invalid",
      errorDiagnostic("bad-arguments", "credentials are managed or unmanaged", "answer one of the two, or nothing"),
    );
  }
  if (io.signal.aborted) return failure({ reasons: [], diagnostics: [], plan: undefined });
  const env = token === undefined ? io.env : { ...io.env, BUDDY_TOKEN: token };
  return success({
    target: target.value,
    session: { ...session, io: { ...io, env }, options: { ...options, workspace, api, credentials: who } },
  });
}

function regionApi(name: string): string | undefined {
  const found = Object.entries(BUDDY_REGIONS).find(([region]) => region === name.toLowerCase());
  return found?.[1];
}

/** Writes the file, or exports the workspace into it. A failed export has already reported why. */
async function writeDesiredState(
  session: Session<InitOptions>,
  target: Target,
): Promise<Result<"exported" | "empty" | "kept", readonly EndReason[]>> {
  const { io, console, options } = session;
  const path = resolve(io.cwd, options.file);
  if (await isThere(path)) {
    console.say(`${options.file} already exists and was not changed`);
    return success("kept");
  }
  if (hasToken(io)) {
    const choice = { only: [], type: undefined, project: undefined, append: false, names: false };
    const credentials = options.credentials ?? "if-known";
    const reasons = await exportWorkspace({ ...session, options: { ...options, ...choice, credentials } });
    if (await isThere(path)) return success("exported");
    if (reasons.length > 0) return failure(reasons);
  }
  const head = { schema: await schemaAddress(path), target, defaultApi: DEFAULT_API, scope: undefined };
  const made = await createExclusively(path, renderDesiredFile(head, []), 0o644);
  if (!made.ok) {
    return failure(reportStop(session, stopUnwritten(options.file, made.error.message).error));
  }
  io.stdout.write(`${options.file}: no integrations yet\n`);
  return success("empty");
}

/** Adds the files that must not be committed to the `.gitignore` of their folder, if they aren't in it yet. */
async function ignoreOwnFiles(session: Session<InitOptions>): Promise<Result<void, CommandStop>> {
  const { file, lockfile = lockfileOf(file) } = session.options;
  const secrets = join(dirname(file), "secrets.env");
  const own = [journalOf(lockfile), runLockOf(lockfile), secrets];
  for (const folder of new Set(own.map((path) => dirname(path)))) {
    const paths = own.filter((path) => dirname(path) === folder);
    const added = await addToGitignore(session, folder, paths);
    if (!added.ok) return added;
  }
  return success(undefined);
}

async function addToGitignore(
  { io }: Session<InitOptions>,
  folder: string,
  paths: readonly string[],
): Promise<Result<void, CommandStop>> {
  const name = join(folder, ".gitignore");
  const bytes = await readInput(io, name);
  if (!bytes.ok && bytes.error.code !== "ENOENT") return stopUnwritten(name, bytes.error.message);
  // One character for each byte, since names may be in any encoding: what is there is written back as it was.
  const before = bytes.ok ? Buffer.from(bytes.value).toString("latin1") : "";
  const present = new Set(before.split(/\r?\n/).map((line) => line.trim().replace(/^\//, "")));
  const own = paths.map((path) => Buffer.from(basename(path)).toString("latin1"));
  const missing = own.filter((line) => !present.has(line));
  if (missing.length === 0) return success(undefined);
  const newline = before.includes("\r\n") ? "\r\n" : "\n";
  const gap = before === "" || before.endsWith("\n") ? "" : newline;
  const text = `${before}${gap}${missing.map((line) => `${line}${newline}`).join("")}`;
  const written = await writeFileAtomic(resolve(io.cwd, name), Buffer.from(text, "latin1"));
  if (!written.ok) return stopUnwritten(name, written.error.message);
  io.stdout.write(`${name}: ${missing.map((line) => Buffer.from(line, "latin1").toString()).join(", ")}\n`);
  return success(undefined);
}

async function writeRecipe(
  { io, console, options }: Session<InitOptions>,
  target: Target,
): Promise<Result<void, CommandStop>> {
  const { ci, file } = options;
  if (ci === undefined) return success(undefined);
  // CI systems look for their file at the top of the repository, and run there.
  const folder = await followLinks(io.cwd);
  const path = join((await repositoryTop(folder)) ?? folder, RECIPE_FILES[ci]);
  const name = relative(folder, path);
  const pathOf = await pathsFromTop(io);
  const lockfile = pathOf(options.lockfile ?? lockfileOf(file));
  const text = ciRecipe(ci, { target, file: pathOf(file), lockfile });
  const hasFolder = await makeFolder(dirname(path));
  const made = hasFolder.ok ? await createExclusively(path, text, 0o644) : hasFolder;
  if (!made.ok && made.error.code === "EEXIST") {
    console.say(`${name} already exists and was not changed`);
    return success(undefined);
  }
  if (!made.ok) return stopUnwritten(name, made.error.message);
  io.stdout.write(`${name}: ${RECIPE_STEPS[ci]}\n`);
  return success(undefined);
}

function nextStepsAfterInit({ io, options }: Session<InitOptions>, begun: "exported" | "empty" | "kept"): string[] {
  const key = begun === "exported" || io.env[KEY_VARIABLE] !== undefined ? [] : [KEY_ADVICE];
  if (begun === "empty") {
    return [
      ...key,
      "Next: `buddy-integrations explain TYPE` shows a block to paste into the file, such as `explain GIT_HUB`.",
    ];
  }
  return begun === "kept" ? [`Next: \`${commandText("doctor", options)}\` checks what is there.`] : [];
}
