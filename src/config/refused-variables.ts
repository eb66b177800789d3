import type { Diagnostic } from "../model/diagnostic.ts";
import type { ParsedConfig } from "./parsed-config.ts";
import { fieldLabel } from "./path-label.ts";
import { placedReferences } from "./references.ts";
import { variableRefusal, type Environment } from "./variable-rules.ts";

/** Warnings about references that a plan with this environment would refuse, each with its place. */
export function refusedVariableWarnings(written: ParsedConfig, env: Environment): Diagnostic[] {
  const warnings: Diagnostic[] = [];
  for (const { key, merged } of written.integrations) {
    for (const { path, name } of placedReferences(merged)) {
      const refusal = variableRefusal(name, env);
      if (refusal === undefined) continue;
      const place = written.placeOf(key, path);
      const message = `${fieldLabel(key, path)}: ${refusal.message}`;
      warnings.push({ ...refusal, severity: "warning", message, ...(place === undefined ? {} : { place }) });
    }
  }
  return warnings;
}
