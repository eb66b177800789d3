// Loaded before the program. Makes its waits and its clock CLOCK_SPEED times as fast.
import { createRequire, syncBuiltinESMExports } from "node:module";

const speed = Number(process.env.CLOCK_SPEED);
const timers = createRequire(import.meta.url)("node:timers/promises");
const wait = timers.setTimeout;
timers.setTimeout = (ms, ...rest) => wait(ms / speed, ...rest);
syncBuiltinESMExports();

const now = Date.now.bind(Date);
// The clock of every process started on this day.
const EPOCH = 1_750_000_000_000;
Date.now = () => Math.round(EPOCH + (now() - EPOCH) * speed);
