#!/usr/bin/env node
// Every Node.js that supports modules can read this file. Newer syntax is in other files, which only a supported
// version loads.
const LEAST = [20, 19] as const;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) {
  void import("./process.ts");
} else {
  process.stderr.write(
    `error: buddy-integrations needs Node.js ${LEAST.join(".")} or newer, and this is ${process.versions.node}\n`,
  );
  // `invalid` of exit.ts, which isn't loaded here.
  process.exitCode = 3;
}
