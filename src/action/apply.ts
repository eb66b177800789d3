import { applyAction } from "./apply-action.ts";
import { runAction } from "./run-action.ts";

await runAction(applyAction);
