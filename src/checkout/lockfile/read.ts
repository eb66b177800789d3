import type { DiagnosticCode } from "../../model/diagnostic-catalog.ts";
import { conflictMarker } from "../../model/conflict-markers.ts";
import { sortDiagnostics, type Diagnostic } from "../../model/diagnostic.ts";
import {
  LOCKFILE_VERSION,
  type Lockfile,
  type LockedLifecycle,
  type LockEntry,
  type LockSection,
  type StoredValue,
} from "../../model/lockfile.ts";
import { storedValueFault } from "../../model/stored-value.ts";
import {
  failure,
  isHashId,
  isKey,
  success,
  type HashId,
  type Json,
  type Key,
  type Result,
} from "../../model/integration.ts";
import { createPlacer, toDiagnostic } from "../../config/yaml/placer.ts";
import {
  childNode,
  isNullNode,
  type MapNode,
  type YamlNode,
  type YamlProblem,
  type YamlSpan,
} from "../../config/yaml/node.ts";
import { parseYaml } from "../../config/yaml/parse.ts";
import { createSource } from "../../config/yaml/source-text.ts";
import { isPresent, readCanonicalLockfile, type NotCanonical } from "./canonical.ts";

/** The content of a lockfile, or all its problems. */
export type ParsedLockfile = Result<Lockfile, readonly Diagnostic[]>;

/**
 * Parses a lockfile strictly: anything that this tool doesn't write is an error with a place. A text that isn't in
 * the canonical form is read as YAML.
 */
export function parseLockfile(file: string, text: string): ParsedLockfile {
  const canonical = readCanonicalLockfile(text);
  return canonical.ok ? canonical : parseLockfileAsYaml(file, text, canonical.error);
}

/** @param otherwise the error for a text that is too large for a YAML reader */
export function parseLockfileAsYaml(file: string, text: string, otherwise: NotCanonical): ParsedLockfile {
  const source = createSource(file, text);
  const conflict = conflictMarker(text);
  const reader = new LockfileReader();
  let lock: Lockfile | undefined;
  if (conflict) {
    const hint =
      "take one whole side, then apply: integrations that only the other side had are found again by identifier";
    reader.problem("lock-conflict", "the lockfile holds a merge conflict", conflict, hint);
  } else {
    const yaml = parseYaml(text);
    for (const { code, message, span } of yaml.problems) {
      if (code === "too-large") reader.damaged(otherwise.message, { start: otherwise.at, end: otherwise.at + 1 });
      else reader.damaged(message, span);
    }
    if (yaml.kind === "tree" && yaml.problems.length === 0) lock = reader.lock(yaml.root);
  }
  const place = createPlacer(source, undefined);
  const diagnostics = sortDiagnostics(reader.problems.map((problem) => toDiagnostic(problem, place)));
  return lock === undefined || diagnostics.length > 0 ? failure(diagnostics) : success(lock);
}

const REPAIR_HINT =
  "restore it from version control, and don't delete it: what it forgets is only found again by its identifier";

const OLDER_HINT =
  "delete it and apply: integrations are found again by identifier, and their values count as never sent; apply --assume-sent records that the present values are the live ones";

class LockfileReader {
  readonly problems: YamlProblem[] = [];

  problem(code: DiagnosticCode, message: string, span: YamlSpan, hint?: string): void {
    this.problems.push({ code, severity: "error", message, span, ...(hint !== undefined && { hint }) });
  }

  lock(root: YamlNode): Lockfile | undefined {
    const version = childNode(root, "lockfile_version");
    if (version?.kind === "scalar" && typeof version.value === "number" && version.value > LOCKFILE_VERSION) {
      const message = `the lockfile has version ${version.text}, and this buddy-integrations knows ${LOCKFILE_VERSION}`;
      this.problem("lock-newer", message, version, "upgrade buddy-integrations; the file was left as it is");
      return undefined;
    }
    if (version?.kind === "scalar" && version.value === 1) {
      const message = "the lockfile has version 1, which doesn't say which variable is in which field";
      this.problem("lock-older", message, version, OLDER_HINT);
      return undefined;
    }
    if (version?.kind !== "scalar" || version.value !== LOCKFILE_VERSION) {
      this.damaged(`lockfile_version must be ${LOCKFILE_VERSION}`, version ?? root);
      return undefined;
    }
    const map = this.#map(root, "the lockfile", ["lockfile_version", "workspaces"]);
    const workspaces = this.#map(map?.entries.get("workspaces")?.value, "workspaces");
    const sections = [...(workspaces?.entries ?? [])].map(([name, { value }]): [string, LockSection] => [
      name,
      this.#section(value, name),
    ]);
    return { sections: new Map(sections) };
  }

  #section(node: YamlNode, name: string): LockSection {
    const map = this.#map(node, name, ["integrations"]);
    const integrations = this.#map(map?.entries.get("integrations")?.value, `integrations of ${name}`);
    const section = new Map<Key, LockEntry>();
    const owners = new Map<HashId, Key>();
    for (const [key, { value, key: span }] of integrations?.entries ?? []) {
      // Keys are used in messages and paths, and a pull request may have written them.
      if (!isKey(key)) {
        this.damaged("a key is at most 200 letters, digits, `_` and `-`, starting with a letter", span);
        continue;
      }
      const entry = this.#entry(value, key);
      if (entry === undefined) continue;
      const owner = owners.get(entry.hashId);
      if (owner !== undefined) this.damaged(`${key} and ${owner} have the same hash_id`, span);
      owners.set(entry.hashId, key);
      section.set(key, entry);
    }
    return section;
  }

  #entry(node: YamlNode, key: Key): LockEntry | undefined {
    const map = this.#map(node, key, [
      "hash_id",
      "identifier",
      "type",
      "lifecycle",
      "last_sent",
      "superseded",
      "former_identifiers",
    ]);
    if (map === undefined) return undefined;
    const hashId = this.#text(map, "hash_id", isHashId);
    const type = this.#text(map, "type");
    if (hashId === undefined || type === undefined) {
      const isMissing = !map.entries.has("hash_id") || !map.entries.has("type");
      if (isMissing) this.damaged(`${key} needs hash_id and type`, node);
      return undefined;
    }
    const identifier = this.#text(map, "identifier");
    return {
      hashId,
      ...(identifier === undefined ? {} : { identifier }),
      type,
      lifecycle: this.#lifecycle(map.entries.get("lifecycle")?.value),
      lastSent: this.#lastSent(map.entries.get("last_sent")?.value),
      superseded: this.#texts(map, "superseded", isHashId),
      formerIdentifiers: this.#texts(map, "former_identifiers"),
    };
  }

  #lifecycle(node: YamlNode | undefined): LockedLifecycle {
    const map = node === undefined ? undefined : this.#map(node, "lifecycle", ["protect", "on_remove", "rotate"]);
    const protect = this.#scalar(map, "protect");
    const onRemove = this.#scalar(map, "on_remove");
    const rotate = this.#scalar(map, "rotate");
    if (protect !== undefined && typeof protect !== "boolean")
      this.damaged("protect must be true or false", childNode(map, "protect"));
    if (onRemove !== undefined && onRemove !== "delete" && onRemove !== "retain") {
      this.damaged("on_remove must be delete or retain", childNode(map, "on_remove"));
    }
    if (rotate !== undefined && !Number.isInteger(rotate))
      this.damaged("rotate must be a whole number", childNode(map, "rotate"));
    return {
      protect: protect === true,
      onRemove: onRemove === "retain" ? "retain" : "delete",
      ...(typeof rotate === "number" ? { rotate } : {}),
    };
  }

  #lastSent(node: YamlNode | undefined): Map<string, StoredValue> {
    const map = node === undefined ? undefined : this.#map(node, "last_sent");
    return new Map(
      [...(map?.entries ?? [])].map(([path, { value }]) => {
        const stored = jsonOfNode(value);
        const fault = storedValueFault(stored);
        if (fault !== undefined) this.damaged(`the value of ${path} ${fault}`, value);
        return [path, stored];
      }),
    );
  }

  #map(node: YamlNode | undefined, what: string, known?: readonly string[]): MapNode | undefined {
    if (node?.kind !== "map") {
      this.damaged(`${what} must be a map`, node);
      return undefined;
    }
    for (const [name, { key }] of node.entries) {
      if (known !== undefined && !known.includes(name)) this.damaged(`${what} has an unknown entry`, key);
    }
    return node;
  }

  #scalar(map: MapNode | undefined, name: string): Json | undefined {
    const node = map?.entries.get(name)?.value;
    if (node === undefined) return undefined;
    return node.kind === "scalar" ? node.value : jsonOfNode(node);
  }

  #text(map: MapNode, name: string, fits = isPresent): string | undefined {
    const node = map.entries.get(name)?.value;
    if (node === undefined) return undefined;
    return this.#textOf(node, name, fits);
  }

  #texts(map: MapNode, name: string, fits = isPresent): string[] {
    const node = map.entries.get(name)?.value;
    if (node === undefined) return [];
    if (node.kind !== "list") {
      this.damaged(`${name} must be a list`, node);
      return [];
    }
    return node.items.flatMap((item) => this.#textOf(item, name, fits) ?? []);
  }

  #textOf(node: YamlNode, name: string, fits: (text: string) => boolean): string | undefined {
    if (node.kind === "scalar" && typeof node.value === "string" && fits(node.value)) return node.value;
    this.damaged(`${name} must be text${fits === isHashId ? " of letters and digits" : ""}`, node);
    return undefined;
  }

  damaged(message: string, span: YamlSpan | undefined): void {
    this.problem("lock-damaged", `the lockfile is damaged: ${message}`, span ?? { start: 0, end: 0 }, REPAIR_HINT);
  }
}

function jsonOfNode(node: YamlNode): Json {
  switch (node.kind) {
    case "scalar":
      return isNullNode(node) ? null : node.value;
    case "list":
      return node.items.map(jsonOfNode);
    case "map":
      return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, jsonOfNode(value)]));
    default:
      return node satisfies never;
  }
}
