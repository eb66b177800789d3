import type { Assumption } from "../assumption.ts";
import { CREATING } from "./creating.ts";
import { DELETING } from "./deleting.ts";
import { EDITING } from "./editing.ts";
import { IDENTIFIERS } from "./identifiers.ts";
import { PROTOCOL } from "./protocol.ts";
import { READING } from "./reading.ts";
import { TIMING } from "./timing.ts";

/** All assumptions, in the order in which they are shown. */
export const ASSUMPTIONS: readonly Assumption[] = [
  ...READING,
  ...TIMING,
  ...CREATING,
  ...IDENTIFIERS,
  ...EDITING,
  ...DELETING,
  ...PROTOCOL,
];
