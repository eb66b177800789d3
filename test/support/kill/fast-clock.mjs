// Loaded before the program: its waits pass CLOCK_SPEED times as fast, and its clock runs as fast as that.
import { createRequire, syncBuiltinESMExports } from "node:module";

const speed = Number(process.env.CLOCK_SPEED);
const timers = createRequire(import.meta.url)("node:timers/promises");
const wait = timers.setTimeout;
timers.setTimeout = (ms, ...rest) => wait(ms / speed, ...rest);
syncBuiltinESMExports();

const now = Date.now.bind(Date);
// Every process has the same clock: it began on this day.
const EPOCH = 1_750_000_000_000;
Date.now = () => Math.round(EPOCH + (now() - EPOCH) * speed);
