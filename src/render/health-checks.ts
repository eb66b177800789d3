import type { HealthCheck } from "../model/health-check.ts";
import { visibleText, withoutRunnerCommands } from "../model/printable.ts";
import { counted } from "../model/text.ts";
import { padTo, wrapText } from "./width.ts";

const STATUS_WIDTH = 9;
const NAME_WIDTH = 14;
/** For an output that isn't a terminal. */
const USUAL_COLUMNS = 100;

/** One line for each check, or several if it is long. What to do next is below it. */
export function renderHealthChecks(checks: readonly HealthCheck[], columns = USUAL_COLUMNS): string {
  const indent = STATUS_WIDTH + NAME_WIDTH;
  return checks
    .flatMap((each) => {
      const words = [each.message, ...(each.status === "ok" ? [] : [`Next: ${each.next}`])];
      const lines = words.flatMap((text) => wrapText(visibleText(text), Math.max(20, columns - indent)));
      const head = `${padTo(each.status, STATUS_WIDTH)}${padTo(each.check, NAME_WIDTH)}`;
      return lines.map((line, index) => `${index === 0 ? head : " ".repeat(indent)}${withoutRunnerCommands(line)}\n`);
    })
    .join("");
}

/** `9 checks: 8 ok, 1 warning`. */
export function healthSummary(checks: readonly HealthCheck[]): string {
  const count = (status: HealthCheck["status"]): number => checks.filter((each) => each.status === status).length;
  const [ok, warnings, errors] = [count("ok"), count("warning"), count("error")];
  return [
    `${counted(checks.length, "check")}: ${ok} ok`,
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
    ...(errors > 0 ? [counted(errors, "error")] : []),
  ].join(", ");
}
