import type { ApiClient, ApiFailure, Pipeline } from "../../api/client.ts";
import { describeFailure } from "../../api/words/describe.ts";
import { warningDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import type { Result } from "../../model/integration.ts";
import { success } from "../../model/integration.ts";
import { compareTexts, counted } from "../../model/text.ts";
import { knownHashes, type KnownIntegrations } from "../../pipelines/meaning/known-integrations.ts";
import { NO_KNOWLEDGE } from "../../pipelines/scan/reference-keys.ts";
import { scanPipeline } from "../../pipelines/scan/scan.ts";
import type { LiveSources } from "../../pipelines/usages.ts";
import { mapSomeAtOnce } from "../inputs/map-some-at-once.ts";
import { connectSection, projectsToList, type NamedLockSection } from "./refs-sources.ts";
import type { Session } from "../session.ts";
import { stopForFailedCalls, type CommandStop } from "../stop.ts";

/** The uses of integrations that the API shows, with warnings about those that could not be read. */
export interface LiveUsages extends LiveSources {
  readonly diagnostics: readonly Diagnostic[];
}

/** The API wasn't asked. */
export const NOTHING_LIVE: LiveUsages = { pipelines: [], gitLinks: [], asked: false, diagnostics: [] };

/** How many projects are read at once. The client has its own limit of requests at once, and the pace of the API. */
const PROJECTS_AHEAD = 8;
/** The same for the pipelines of a project. */
const PIPELINES_AHEAD = 32;

/**
 * Reads each project's Git link, and the actions of pipelines that are kept in Buddy itself. Pipelines that are kept
 * in files are skipped, since their files are read instead. What the token may not read is reported.
 */
export async function readLiveUsages(
  session: Session,
  { found, known }: { readonly found: NamedLockSection; readonly known: KnownIntegrations },
): Promise<Result<LiveUsages, CommandStop>> {
  const client = await connectSection(session, found);
  if (!client.ok) return client;
  const reader = new UsageReader(client.value, known);
  const projects = await client.value.projects();
  if (!projects.ok) reader.failed("the projects of the workspace", projects.error);
  // If projects can't be listed, those that the file or the lockfile names can still be read by name.
  const names = projects.ok ? projects.value.map(({ name }) => name) : projectsToList(found.section, known);
  await mapSomeAtOnce(names, PROJECTS_AHEAD, (name) => reader.readProject(name));
  const fatal = reader.fatal;
  if (fatal !== undefined)
    return stopForFailedCalls([{ what: "what uses integrations could not be read", failure: fatal }]);
  session.console.note(
    `read ${counted(names.length, "project")} and ${counted(reader.pipelines.length, "pipeline")} that are kept in Buddy`,
  );
  return success({
    pipelines: reader.pipelines.toSorted((a, b) => compareTexts(a.scan.file, b.scan.file)),
    gitLinks: reader.gitLinks.toSorted((a, b) => compareTexts(a.project, b.project)),
    asked: true,
    diagnostics: [...reader.unseen(), ...reader.elsewhere()],
  });
}

class UsageReader {
  readonly pipelines: LiveSources["pipelines"][number][] = [];
  readonly gitLinks: LiveSources["gitLinks"][number][] = [];
  /** The token isn't valid, or the run was stopped: the rest would fail as well. */
  fatal: ApiFailure | undefined;
  #inFiles = 0;
  readonly #client: ApiClient;
  readonly #hashes: ReadonlySet<string>;
  /** What could not be read, grouped by cause. */
  readonly #unseen = new Map<string, { readonly failure: ApiFailure; readonly what: string[] }>();

  constructor(client: ApiClient, { section }: KnownIntegrations) {
    this.#client = client;
    this.#hashes = knownHashes(section);
  }

  async readProject(project: string): Promise<void> {
    if (this.fatal !== undefined) return;
    const [full, pipelines] = await Promise.all([this.#client.project(project), this.#client.pipelines(project)]);
    if (!full.ok) this.failed(`the Git link of ${project}`, full.error);
    else if (full.value?.integration !== undefined) this.gitLinks.push({ project, hashId: full.value.integration });
    if (!pipelines.ok) {
      this.failed(`the pipelines of ${project}`, pipelines.error);
      return;
    }
    const own = (pipelines.value ?? []).filter(({ inFile }) => !inFile);
    this.#inFiles += (pipelines.value ?? []).length - own.length;
    await mapSomeAtOnce(own, PIPELINES_AHEAD, (pipeline) => this.#readPipeline(project, pipeline));
  }

  async #readPipeline(project: string, { id, name }: Pipeline): Promise<void> {
    if (this.fatal !== undefined) return;
    const actions = await this.#client.actions(project, id);
    if (!actions.ok) {
      this.failed(`the actions of ${project} / ${name}`, actions.error);
      return;
    }
    // Write the action in the form of pipeline YAML, so that the same scanner reads it.
    const written = (actions.value ?? []).map(({ name: action, fields }) => ({
      ...Object.fromEntries(fields),
      action,
    }));
    const text = JSON.stringify([{ pipeline: name, actions: written }]);
    const scan = scanPipeline(`${project} / ${name}`, text, { ...NO_KNOWLEDGE, hashes: this.#hashes });
    this.pipelines.push({ project, scan });
  }

  failed(what: string, failure: ApiFailure): void {
    if (failure.kind === "unauthorized" || failure.kind === "interrupted") this.fatal ??= failure;
    const { message } = describeFailure({ ...failure, path: "" });
    const cause = JSON.stringify([failure.kind, message, describeFailure(failure).hint]);
    const group = this.#unseen.get(cause) ?? { failure, what: [] };
    group.what.push(what);
    this.#unseen.set(cause, group);
  }

  /** One warning for each cause. */
  unseen(): Diagnostic[] {
    return [...this.#unseen.values()].map(({ failure, what }) => {
      const { message, hint } = describeFailure(failure);
      const sorted = what.toSorted(compareTexts);
      const shown = sorted.slice(0, MOST_NAMED).join(", ");
      const more = what.length > MOST_NAMED ? ` and ${what.length - MOST_NAMED} more` : "";
      const text = `not seen: ${shown}${more} (${message})`;
      return warningDiagnostic("unseen-usages", text, hint ?? "try again later");
    });
  }

  /** Reports the pipelines that are kept in files, which the API doesn't show. */
  elsewhere(): Diagnostic[] {
    if (this.#inFiles === 0) return [];
    const text = `${counted(this.#inFiles, "pipeline")} of the workspace ${this.#inFiles === 1 ? "is" : "are"} kept in files, and only files in this checkout are read`;
    return [warningDiagnostic("pipelines-in-files", text, "run refs --usages in their repositories too")];
  }
}

const MOST_NAMED = 5;
