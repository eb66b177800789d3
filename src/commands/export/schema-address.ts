import { dirname, join } from "node:path";
import { isThere } from "../../checkout/files.ts";

const PUBLISHED = "https://unpkg.com/buddy-integrations/schemas/integrations.editor.schema.json";
const INSTALLED = "node_modules/buddy-integrations/schemas/integrations.editor.schema.json";

/** The address of the schema for editors: in the project's own packages if it is installed there, else on the web. */
export async function schemaAddress(file: string): Promise<string> {
  return (await isThere(join(dirname(file), INSTALLED))) ? `./${INSTALLED}` : PUBLISHED;
}
