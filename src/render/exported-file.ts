import type { Target } from "../model/integration.ts";
import { renderDesiredBlock, renderFlowBlock, type DesiredBlock } from "./desired-block.ts";

export interface FileHead {
  /** Where an editor finds the schema. */
  readonly schema: string;
  readonly target: Target;
  /** The host that is used if a file names none. */
  readonly defaultApi: string;
  /** The scope that most integrations have; undefined if no scope is that common. */
  readonly scope: string | undefined;
}

const ABOUT = `
# Secrets are references to the environment: $NAME. With \`credentials: unmanaged\` they stay as they are in Buddy. To
# manage them here, remove that line (and a \`lifecycle:\` that is then empty) and the \`#\` in front of the fields above
# it, and set their variables.

`;

/** `integrations.yaml`, for these integrations. */
export function renderDesiredFile(
  { schema, target, defaultApi, scope }: FileHead,
  blocks: readonly DesiredBlock[],
): string {
  const api = target.api === defaultApi ? "" : `api: ${target.api}\n`;
  const defaults = scope === undefined ? "" : `\ndefaults:\n  scope: ${scope}\n`;
  const list = blocks.length === 0 ? " {}\n" : `\n${blocks.map(renderDesiredBlock).join("\n")}`;
  return `# yaml-language-server: $schema=${schema}\n${ABOUT}version: 1\nworkspace: ${target.workspace}\n${api}${defaults}\nintegrations:${list}`;
}

/** Blocks to add to an existing file, whose integrations may be in block style or in braces. */
export function renderNewBlocks(blocks: readonly DesiredBlock[]): {
  readonly block: string;
  readonly flow: readonly string[];
} {
  return { block: blocks.map(renderDesiredBlock).join(""), flow: blocks.map(renderFlowBlock) };
}
