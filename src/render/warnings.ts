import type { DiagnosticCode } from "../model/diagnostic-catalog.ts";
import { visibleText } from "../model/printable.ts";
import type { Key } from "../model/integration.ts";
import type { Plan, PlanWarning } from "../plan/change.ts";
import { fewOf } from "./shorten.ts";

/** Warnings with the same text about several integrations. */
export interface WarningGroup {
  readonly code: DiagnosticCode;
  readonly keys: readonly Key[];
  readonly message: string;
  readonly hint: string;
  /** The first warning of the group; its place is shown. */
  readonly first: PlanWarning;
}

/** Warnings about pipelines: they have to be fixed after the plan was applied. */
export function brokenPipelines({ warnings }: Pick<Plan, "warnings">): Pick<Plan, "warnings"> {
  return { warnings: warnings.filter(({ place }) => place !== undefined) };
}

/** Groups in the order of their first warnings. */
export function groupWarnings(warnings: readonly PlanWarning[]): WarningGroup[] {
  const groups = new Map<string, [PlanWarning, ...PlanWarning[]]>();
  for (const warning of warnings) {
    const same = JSON.stringify([warning.code, warning.message, warning.hint]);
    const group = groups.get(same);
    if (group === undefined) groups.set(same, [warning]);
    else group.push(warning);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const { code, message, hint } = first;
    const keys = [...new Set(group.map(({ key }) => key))];
    return { code, keys, message, hint, first };
  });
}

/** `aws, gh and 18 more: will be …`, safe for a terminal. */
export function warningText({ keys, message }: Pick<WarningGroup, "keys" | "message">): string {
  return visibleText(`${fewOf(keys, MOST_KEYS)}: ${message}`);
}

const MOST_KEYS = 8;
