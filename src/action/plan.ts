import { planAction } from "./plan-action.ts";
import { runAction } from "./run-action.ts";

await runAction(planAction);
