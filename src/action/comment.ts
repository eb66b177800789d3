import { commentAction } from "./comment-action.ts";
import { runAction } from "./run-action.ts";

await runAction(commentAction);
