import type { ProbeAnswer } from "../api/probe-client.ts";
import type { HashId } from "../model/integration.ts";
import { isRecord } from "../model/json.ts";
import { isRefusal, isSuccess, ProbeFacts, type MeasuredDelay } from "./facts.ts";
import { oddIdentifiers } from "./odd-identifiers.ts";
import { ProbeBodies, type ProbeSubject } from "./probe-bodies.ts";
import { Prober, type ProbePorts } from "./prober.ts";

/** The result of a probe, before its integrations are removed. */
export interface ProbeRun {
  readonly facts: ProbeFacts;
  /** Why it ended before its last step. */
  readonly stopped: string | undefined;
  /** The server's messages about what stopped it. They are shown to the person, and are in no report. */
  readonly messages: readonly string[];
  /** Integrations that were already deleted. */
  readonly gone: ReadonlySet<HashId>;
  /** Names of integrations that may have been created, and were not found. */
  readonly doubtful: readonly string[];
}

/**
 * Runs all steps, one after the other. The first integration is deleted before the second one is created, so that at
 * most one is left if deletions fail. The caller must remove what later steps create, whatever happens here.
 */
export async function runProbe(ports: ProbePorts, subject: ProbeSubject): Promise<ProbeRun> {
  const facts = new ProbeFacts();
  const prober = new Prober(ports, subject.project, facts);
  const bodies = new ProbeBodies(subject, (value) => facts.keepSecret(value));
  const gone = new Set<HashId>();
  await prober.ask("token", (api) => api.token());
  await prober.ask("list-unknown-project", (api) => api.list({ project_name: bodies.identifier("_nowhere") }));
  const first = await probeFirst(prober, bodies, gone);
  const made = await createAll(prober, bodies);
  await readLists(prober, made, subject.project);
  await editAll(prober, bodies, made);
  const messages = prober.stopped === undefined ? [] : (first?.messages ?? []);
  return { facts, stopped: prober.stopped, messages, gone, doubtful: prober.doubtful };
}

/**
 * Creates the first integration, reads it, deletes it, looks for it, and deletes it again.
 * @returns the answer that stopped the probe
 */
async function probeFirst(prober: Prober, bodies: ProbeBodies, gone: Set<HashId>): Promise<ProbeAnswer | undefined> {
  const { facts } = prober;
  prober.note("creating a first integration, and deleting it");
  let hash = await prober.create("create-plain", bodies.inWorkspace());
  const refused = facts.answer("create-plain");
  if (hash === undefined && refused !== undefined && isRefusal(refused)) {
    bodies.takeOtherPlainType();
    hash = await prober.create("create-plain", bodies.inWorkspace());
  }
  const created = facts.answer("create-plain");
  if (hash === undefined) {
    prober.stop(
      created === undefined ? "the first creation got no answer" : `the first creation got ${created.status}`,
    );
    return created;
  }
  // Start both waits at the same moment.
  const [byFirstGet, byFirstList] = await Promise.all([
    prober.until((api) => api.get(hash), isSuccess),
    prober.until(
      (api) => api.list({}),
      (answer) => lists(answer, hash),
    ),
  ]);
  if (prober.stopped === undefined) {
    facts.measure("get", byFirstGet);
    facts.measure("list", byFirstList);
  }
  await prober.ask("get-plain", (api) => api.get(hash));
  const deleted = await prober.ask("delete", (api) => api.remove(hash));
  if (deleted === undefined || !isSuccess(deleted)) {
    const words = deleted === undefined ? "no answer" : String(deleted.status);
    prober.stop(`the first integration's deletion got ${words}, so no other one was created`);
    return deleted;
  }
  const isGone = (answer: ProbeAnswer): boolean => !isSuccess(answer);
  const [byGet, byList] = await Promise.all([
    prober.until((api) => api.get(hash), isGone),
    prober.until(
      (api) => api.list({}),
      (answer) => isSuccess(answer) && !lists(answer, hash),
    ),
  ]);
  await prober.ask("get-deleted", (api) => api.get(hash));
  if (prober.stopped === undefined) facts.measure("deletion", longer(byGet, byList));
  if (byGet === "not-in-time") {
    prober.stop("the first integration can still be read after its deletion, so no other one was created");
    return deleted;
  }
  if (prober.stopped === undefined) gone.add(hash);
  await prober.ask("delete-again", (api) => api.remove(hash));
  return undefined;
}

function longer(a: MeasuredDelay, b: MeasuredDelay): MeasuredDelay {
  return a === "not-in-time" || b === "not-in-time" ? "not-in-time" : Math.max(a, b);
}

interface Made {
  readonly inProject: HashId | undefined;
  readonly amazon: HashId | undefined;
}

async function createAll(prober: Prober, bodies: ProbeBodies): Promise<Made> {
  prober.note("creating the others");
  const identifier = bodies.identifier();
  const notes = { note: "made by a probe", agent_note: "made by a probe, for nobody" };
  let inProject = await prober.create("create-in-project", bodies.inProject({ type: "GIT_HUB", identifier, ...notes }));
  const refused = prober.facts.answer("create-in-project");
  if (inProject === undefined && refused !== undefined && isRefusal(refused))
    inProject = await prober.create("create-in-project", bodies.inProject({ identifier }));
  const amazon = await prober.create("create-amazon", bodies.amazon({ identifier: bodies.identifier("_aws") }));
  await prober.create("create-same-in-workspace", bodies.inWorkspace({ identifier }));
  await prober.create("create-same-in-project", bodies.inProject({ identifier }));
  await prober.create("create-hyphen", bodies.inWorkspace({ identifier: `probe-${bodies.run}-x` }));
  await prober.create("create-capitals", bodies.inWorkspace({ identifier: `Probe_${bodies.run}_X` }));
  await prober.create("create-unknown-type", bodies.inWorkspace({ type: "BUDDY_INTEGRATIONS_PROBE" }));
  return { inProject, amazon };
}

async function readLists(prober: Prober, { inProject, amazon }: Made, project: string): Promise<void> {
  prober.note("reading them");
  if (inProject !== undefined) {
    await prober.until((api) => api.get(inProject), isSuccess);
    await prober.ask("get-in-project", (api) => api.get(inProject));
    await prober.until(
      (api) => api.list({ project_name: project }),
      (answer) => lists(answer, inProject),
    );
  }
  if (amazon !== undefined) {
    await prober.until(
      (api) => api.list({}),
      (answer) => lists(answer, amazon),
    );
  }
  await prober.letSettle(prober.facts.delay("list") ?? 0);
  await prober.ask("list-workspace", (api) => api.list({}));
  await prober.ask("list-project", (api) => api.list({ project_name: project }));
  await prober.ask("list-paged", (api) => api.list({ page: "1", per_page: "1" }));
}

/** Steps that may make the integration unusable for other steps come last. */
async function editAll(prober: Prober, bodies: ProbeBodies, { inProject, amazon }: Made): Promise<void> {
  prober.note("changing them");
  const name = String(prober.facts.sent("create-in-project")["name"]);
  const own = { name };
  await prober.edit("edit-name-alone", inProject, own);
  const permissions = bodies.permissionsWithOwner();
  if (permissions !== undefined) await prober.edit("edit-owner", inProject, { ...own, permissions });
  await prober.edit("edit-permissions", inProject, { ...own, permissions: { others: "DENIED", admins: "MANAGE" } });
  await prober.edit("edit-without-name", inProject, { note: "changed by a probe" });
  await prober.edit("edit-unknown-field", inProject, { ...own, buddy_integrations_probe: "made up" });
  const nameOfAmazon = String(prober.facts.sent("create-amazon")["name"]);
  await prober.edit("edit-amazon", amazon, { name: nameOfAmazon });
  await prober.edit("edit-amazon-again", amazon, { name: nameOfAmazon });
  if (inProject !== undefined) await prober.edit("edit-same-name", amazon, own);
  await prober.edit("edit-identifier", inProject, { ...own, identifier: bodies.identifier("_new") });
  for (const length of LENGTHS) {
    const identifier = bodies.identifier("_").padEnd(length, "x");
    const answer = await prober.edit("edit-long-identifier", inProject, { ...own, identifier });
    if (answer === undefined || !isRefusal(answer)) break;
  }
  for (const [, identifier] of oddIdentifiers(bodies.identifier()))
    await prober.edit("edit-odd-identifier", inProject, { ...own, identifier });
  await prober.edit("edit-scope", inProject, { ...own, scope: "WORKSPACE" });
  await prober.edit("edit-type", inProject, { ...own, type: "VULTR" });
}

/** Lengths of identifiers: that of the longest key, then shorter ones until one is accepted. */
const LENGTHS = [200, 128, 100, 64, 50, 40, 30];

function lists({ json }: ProbeAnswer, hash: HashId): boolean {
  const items = isRecord(json) ? json["integrations"] : undefined;
  return Array.isArray(items) && items.some((item) => isRecord(item) && item["hash_id"] === hash);
}
