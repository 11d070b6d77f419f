#!/usr/bin/env -S node --conditions=spanledger-source
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `spanledger runs on Node.js 24.12 or later, this is ${process.version}: start it with "npx spanledger" in the repository, which brings its own.\n`,
  );
  process.exit(1);
}
await import("../src/cli/main.ts");
