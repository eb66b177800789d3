import { resolve } from "node:path";
import { DEFAULT_API } from "../../config/api-host.ts";
import { fileDefaults } from "../../config/file-defaults.ts";
import { loadConfig } from "../../config/load-config.ts";
import { insertBlocks } from "../../config/yaml/insert-blocks.ts";
import { commonScope } from "../../export/common-scope.ts";
import { warningDiagnostic, type Diagnostic } from "../../model/diagnostic.ts";
import { quoteName } from "../../model/printable.ts";
import { whyInexpressible } from "../../model/expressible-value.ts";
import type { AccessNames } from "../../render/desired-block.ts";
import { renderDesiredFile, renderNewBlocks } from "../../render/exported-file.ts";
import type { BlockStyle, ExportedIntegration } from "./export-blocks.ts";
import type { ExportOptions } from "./export-options.ts";
import type { LookUpInputs } from "../inputs/look-up-inputs.ts";
import { readInput } from "../inputs/read-input.ts";
import { schemaAddress } from "./schema-address.ts";
import type { Session } from "../session.ts";

/** Makes the text of a new file, or adds blocks to the existing one. */
export interface Composer {
  readonly styleOf: (
    names: AccessNames,
    options: ExportOptions,
    keyed: Parameters<typeof commonScope>[0],
  ) => BlockStyle;
  /** The new text. Undefined: the file has no place for more blocks. */
  readonly compose: (exported: readonly ExportedIntegration[]) => string | undefined;
  /**
   * Separates the integrations of which no valid block can be written, such as those of a scope that Buddy has
   * removed.
   */
  readonly expressible: (exported: readonly ExportedIntegration[]) => {
    readonly exported: readonly ExportedIntegration[];
    readonly left: readonly Diagnostic[];
  };
}

export async function createComposer({ io, options }: Session<ExportOptions>, inputs: LookUpInputs): Promise<Composer> {
  const bytes = options.append ? await readInput(io, options.file) : undefined;
  const before = bytes?.ok ? bytes.value : undefined;
  const base = before === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(before);
  const schema = await schemaAddress(resolve(io.cwd, options.file));
  let scope: string | undefined;
  const compose: Composer["compose"] = (exported) => {
    const blocks = exported.map(({ block }) => block);
    if (base !== undefined) return insertBlocks(base, renderNewBlocks(blocks));
    return renderDesiredFile({ schema, target: inputs.target, defaultApi: DEFAULT_API, scope }, blocks);
  };
  const problemOf = (exported: readonly ExportedIntegration[]): string | undefined => {
    const text = compose(exported);
    if (text === undefined) return undefined;
    const loaded = loadConfig(options.file, new TextEncoder().encode(text));
    return loaded.ok ? undefined : (loaded.diagnostics.find(({ severity }) => severity === "error")?.message ?? "");
  };
  return {
    compose,
    styleOf: (names, { credentials }, keyed) => {
      scope = before === undefined ? commonScope(keyed) : undefined;
      const defaults =
        before === undefined ? new Map(scope === undefined ? [] : [["scope", scope]]) : fileDefaults(before);
      return { names, credentials, defaults };
    },
    expressible: (exported) => {
      const named = exported.map((each) => [each, whyInexpressible("name", each.live.name)] as const);
      const expressible = named.flatMap(([each, why]) => (why === undefined ? [each] : []));
      const isAllValid = problemOf(expressible) === undefined;
      const judged = named.map(([each, why]) => {
        const problem = why === undefined ? (isAllValid ? undefined : problemOf([each])) : `its name: ${why}`;
        return [each, problem] as const;
      });
      return {
        exported: judged.flatMap(([each, problem]) => (problem === undefined ? [each] : [])),
        left: judged.flatMap(([each, problem]) => (problem === undefined ? [] : [notExported(each, problem)])),
      };
    },
  };
}

function notExported({ live }: ExportedIntegration, problem: string): Diagnostic {
  const message = `${quoteName(live.name)} (${live.hashId}) was left out: a file can't describe it (${problem})`;
  return warningDiagnostic(
    "not-exported",
    message,
    "it stays as it is in Buddy; change it there, then export again with --append",
  );
}
