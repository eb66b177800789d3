/**
 * Loaded into the built program with `--import`: counts the boundaries at which it touches the system (requests, flushes,
 * writes, renames), kills it at the N-th, or lets operations fail. What it does stands in SYSTEM_FAULTS, as JSON.
 */
import { appendFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import type { SystemFaults } from "./system-faults.ts";

type SystemCall = (args: readonly unknown[]) => Promise<unknown>;

const asked: unknown = JSON.parse(process.env["SYSTEM_FAULTS"] ?? "{}");
const faults: SystemFaults = isFaults(asked) ? asked : {};
const paths = new WeakMap<object, string>();
const failed = new Map<object, number>();
let boundaries = 0;

/** Whether the program ends here. The kill takes effect before this returns. */
function isKillPoint(label: string): boolean {
  boundaries += 1;
  if (faults.log !== undefined) appendFileSync(faults.log, `${boundaries} ${label}\n`);
  return boundaries === faults.killAt;
}

function killThisProcess(): void {
  process.kill(process.pid, "SIGKILL");
}

async function failIfAsked(operation: string, path: string, writeHalf: () => Promise<unknown>): Promise<void> {
  for (const fail of faults.fail ?? []) {
    if (fail.operation !== operation || !path.includes(fail.path)) continue;
    const count = (failed.get(fail) ?? 0) + 1;
    failed.set(fail, count);
    if (count <= (fail.after ?? 0) || count > (fail.after ?? 0) + (fail.times ?? Infinity)) continue;
    if (fail.kill === true) killThisProcess();
    if (fail.half === true) await writeHalf();
    throw Object.assign(new Error(`${fail.code}: ${fail.words ?? "made up"}, ${operation} '${path}'`), {
      code: fail.code,
    });
  }
}

function wrapMethod(
  owner: object,
  name: string,
  around: (call: SystemCall, args: unknown[], self: unknown) => Promise<unknown>,
) {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== "function") throw new Error(`${name} is no function`);
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
    const call: SystemCall = (given) => {
      const result: unknown = Reflect.apply(original, this, given);
      return Promise.resolve(result);
    };
    return around(call, args, this);
  });
}

/** Before, in the middle where text is written, and after. */
async function atBoundaries(operation: string, path: string, call: SystemCall, args: unknown[]): Promise<unknown> {
  const textAt = args.findIndex((arg, index) => typeof arg === "string" && (operation !== "create" || index > 0));
  const text = ["append", "write", "create"].includes(operation) ? args[textAt] : undefined;
  const writeHalf = (): Promise<unknown> =>
    typeof text === "string" ? call(args.with(textAt, text.slice(0, text.length / 2))) : Promise.resolve();
  await failIfAsked(operation, path, writeHalf);
  const label = `${operation} ${path.replace(/^.*\//, "")}`;
  if (isKillPoint(`before ${label}`)) killThisProcess();
  if (typeof text === "string" && isKillPoint(`half of ${label}`)) {
    await writeHalf();
    killThisProcess();
  }
  const result = await call(args);
  if (isKillPoint(`after ${label}`)) killThisProcess();
  return result;
}

const path = (value: unknown): string => (typeof value === "string" ? value : "");
const pathOfHandle = (handle: unknown): string =>
  typeof handle === "object" && handle !== null ? (paths.get(handle) ?? "") : "";

const handle = await fs.open("/dev/null");
const prototype: unknown = Object.getPrototypeOf(handle);
await handle.close();
if (typeof prototype !== "object" || prototype === null) throw new Error("file handles have no prototype");

for (const [name, operation] of [
  ["appendFile", "append"],
  ["writeFile", "write"],
  ["datasync", "flush"],
  ["sync", "flush"],
  ["truncate", "truncate"],
] as const) {
  wrapMethod(prototype, name, (call, args, self) => atBoundaries(operation, pathOfHandle(self), call, args));
}
wrapMethod(fs, "open", async (call, args) => {
  const [name, flags] = args;
  const writes = flags === "wx" || flags === "a";
  const opened = writes ? await atBoundaries("open", path(name), call, args) : await call(args);
  if (typeof opened === "object" && opened !== null) paths.set(opened, path(name));
  return opened;
});
wrapMethod(fs, "writeFile", (call, args) => atBoundaries("create", path(args[0]), call, args));
wrapMethod(fs, "link", (call, args) => atBoundaries("link", path(args[1]), call, args));
wrapMethod(fs, "rename", (call, args) => atBoundaries("rename", path(args[1]), call, args));
wrapMethod(fs, "rm", (call, args) => atBoundaries("remove", path(args[0]), call, args));
syncBuiltinESMExports();

wrapMethod(globalThis, "fetch", (call, args) => {
  const [url, options] = args;
  const method = typeof options === "object" && options !== null && "method" in options ? options.method : "GET";
  return atBoundaries(`request ${String(method)}`, path(url), call, args);
});

/** It is written by `program.ts`, and nowhere else. */
function isFaults(value: unknown): value is SystemFaults {
  return typeof value === "object" && value !== null;
}
