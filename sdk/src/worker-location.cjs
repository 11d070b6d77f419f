"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

/** The same as worker-location.ts for the CommonJS build, where `import.meta` is a syntax error. */
exports.locateWorker = function locateWorker() {
  const file = join(__dirname, "sending", "send-worker.js");
  return existsSync(file) ? file : null;
};
