#!/usr/bin/env node
// Starts everything: `npm start`, `npx spanledger`, the image and the demo. Plain JavaScript, so that an old Node can say that it is old.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cloneFlags, v8Flags } from "./v8-flags.js";

const [major, minor] = process.versions.node.split(".").map(Number);
const isClone = existsSync(new URL("../src", import.meta.url));

if (major < 24 || (major === 24 && minor < 12)) {
  const remedy = isClone
    ? "Run `npm start` or `npx spanledger` in the repository, which brings its own Node."
    : "Install a newer Node.js, or run `npx -p node@24 -p @spanledger/collector-receiver spanledger`.";
  process.stderr.write(`spanledger needs Node.js 24.12 or later, and this is ${process.version}. ${remedy}\n`);
  process.exit(1);
}

const main = fileURLToPath(new URL(isClone ? "../src/main.ts" : "../dist/main.js", import.meta.url));
// The caller's own options come last, so that they win.
const options = [...(isClone ? cloneFlags : []), ...v8Flags, ...process.execArgv, main, ...process.argv.slice(2)];

// The same process goes on with the flags: its parent's signals reach the receiver, and no second process uses memory.
if (process.platform !== "win32" && process.execve !== undefined) {
  process.execve(process.execPath, [process.execPath, ...options], process.env);
}

const child = spawn(process.execPath, options, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  // On Windows, Ctrl-C has reached the child as well, and `kill` would end it at once. We only have to stay.
  process.on(signal, () => process.platform === "win32" || child.kill(signal));
}
child.on("error", (error) => {
  process.stderr.write(`spanledger: cannot start ${process.execPath}: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
