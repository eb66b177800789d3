export { INTEGRATIONS_TOKEN, READ_ONLY_TOKEN } from "./default-seed.ts";
export type { Fault } from "./faults.ts";
export { runEmulator } from "./run-emulator.ts";
export { parseFault } from "./parse-fault.ts";
export type { RequestLogEntry } from "./request-log.ts";
export type { EmulatorSettings as Settings } from "./settings.ts";
export { startEmulator } from "./start.ts";
export type { Emulator, EmulatorOptions } from "./start.ts";
export type { StoredIntegration } from "./types.ts";
