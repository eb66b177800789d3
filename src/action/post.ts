import { postAction } from "./post-action.ts";
import { runAction } from "./run-action.ts";

await runAction(postAction);
