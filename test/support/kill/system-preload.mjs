// @ts-check
/**
 * Loaded into the built program with `--import`: counts the boundaries at which it touches the system (requests, flushes,
 * writes, renames), kills it at the nth, or lets operations fail. SYSTEM_FAULTS says as JSON what it does.
 */
import { appendFileSync } from "node:fs";
import fs from "node:fs/promises";
import http from "node:http";
import { syncBuiltinESMExports } from "node:module";

// JavaScript, since nothing compiles it: a child process of Node 20 can't load TypeScript.

/** @typedef {(args: readonly unknown[]) => Promise<unknown>} SystemCall */

/** Written by `program.ts`, and nowhere else. @type {import("./system-faults.ts").SystemFaults} */
const faults = JSON.parse(process.env["SYSTEM_FAULTS"] ?? "{}");
/** @type {WeakMap<object, string>} */
const paths = new WeakMap();
/** @type {Map<object, number>} */
const failed = new Map();
let boundaries = 0;

/**
 * Whether to kill the program at this boundary.
 * @param {string} label
 * @returns {boolean}
 */
function isKillPoint(label) {
  boundaries += 1;
  if (faults.log !== undefined) appendFileSync(faults.log, `${boundaries} ${label}\n`);
  return boundaries === faults.killAt;
}

/** Returns only after the signal has taken effect. */
function killThisProcess() {
  process.kill(process.pid, "SIGKILL");
}

/**
 * @param {string} operation
 * @param {string} path
 * @param {() => Promise<unknown>} writeHalf
 */
async function failIfAsked(operation, path, writeHalf) {
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

/**
 * @param {object} owner
 * @param {string} name
 * @param {(call: SystemCall, args: unknown[], self: unknown) => Promise<unknown>} around
 */
function wrapMethod(owner, name, around) {
  /** @type {unknown} */
  const original = Reflect.get(owner, name);
  if (!isFunction(original)) throw new Error(`${name} is not a function`);
  Reflect.set(
    owner,
    name,
    /** @type {(this: unknown, ...args: unknown[]) => Promise<unknown>} */
    function (...args) {
      return around((given) => Promise.resolve(Reflect.apply(original, this, given)), args, this);
    },
  );
}

/**
 * Passes a boundary before the call, in the middle of it if it writes text, and after it.
 * @param {string} operation
 * @param {string} path
 * @param {SystemCall} call
 * @param {unknown[]} args
 */
async function atBoundaries(operation, path, call, args) {
  const textAt = args.findIndex((arg, index) => typeof arg === "string" && (operation !== "create" || index > 0));
  const text = ["append", "write", "create"].includes(operation) ? args[textAt] : undefined;
  /** @returns {Promise<unknown>} */
  const writeHalf = () =>
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

/** @param {unknown} value */
const path = (value) => (typeof value === "string" ? value : "");
/** @param {unknown} handle */
const pathOfHandle = (handle) => (typeof handle === "object" && handle !== null ? (paths.get(handle) ?? "") : "");

const handle = await fs.open("/dev/null");
/** @type {unknown} */
const prototype = Object.getPrototypeOf(handle);
await handle.close();
if (typeof prototype !== "object" || prototype === null) throw new Error("file handles have no prototype");

for (const [name, operation] of Object.entries({
  appendFile: "append",
  writeFile: "write",
  datasync: "flush",
  sync: "flush",
  truncate: "truncate",
})) {
  wrapMethod(prototype, name, (call, args, self) => atBoundaries(operation, pathOfHandle(self), call, args));
}
wrapMethod(fs, "open", async (call, args) => {
  const [name, flags] = args;
  const writes = flags === "wx" || (typeof flags === "number" && (flags & fs.constants.O_WRONLY) !== 0);
  const opened = writes ? await atBoundaries("open", path(name), call, args) : await call(args);
  if (typeof opened === "object" && opened !== null) paths.set(opened, path(name));
  return opened;
});
wrapMethod(fs, "writeFile", (call, args) => atBoundaries("create", path(args[0]), call, args));
wrapMethod(fs, "link", (call, args) => atBoundaries("link", path(args[1]), call, args));
wrapMethod(fs, "rename", (call, args) => atBoundaries("rename", path(args[1]), call, args));
wrapMethod(fs, "rm", (call, args) => atBoundaries("remove", path(args[0]), call, args));

const { request } = http;
/**
 * Passes a boundary before the request is sent, and when the headers of the answer have arrived, before the program knows them.
 * @param {[options: http.RequestOptions]} args
 */
function requestAtBoundaries(...args) {
  const [{ method = "GET", path: requested }] = args;
  const label = `request ${method} ${(requested ?? "").replace(/^.*\//, "")}`;
  if (isKillPoint(`before ${label}`)) killThisProcess();
  const sent = request(...args);
  sent.prependOnceListener("response", () => {
    if (isKillPoint(`after ${label}`)) killThisProcess();
  });
  return sent;
}
Reflect.set(http, "request", requestAtBoundaries);
syncBuiltinESMExports();

/**
 * @param {unknown} value
 * @returns {value is Function}
 */
function isFunction(value) {
  return typeof value === "function";
}
