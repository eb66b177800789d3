import type { Key } from "../../model/integration.ts";
import type { PairedIntegration } from "../input.ts";

/** The members that every change of a wanted integration has. */
interface ChangeHeader {
  readonly key: Key;
  readonly type: string;
  /** The name; the key instead if the name comes from a reference, which must not be shown. */
  readonly name: string;
}

export function changeHeader({ desired }: PairedIntegration): ChangeHeader {
  const name = desired.fields.get("name");
  return { key: desired.key, type: desired.type, name: typeof name === "string" ? name : desired.key };
}

/** The pipelines that it names and that don't exist yet. */
export function pendingPipelines({ desired }: PairedIntegration): string[] {
  const pending = (desired.allowedPipelines ?? []).flatMap((item) => ("pending" in item ? [item.pending] : []));
  return [...new Set(pending)].toSorted();
}
