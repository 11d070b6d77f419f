/** Fake timers of the kind that the first argument names stay on, and the receiver never answers. */
const { writeSync } = require("node:fs");

const [kind] = process.argv.slice(2);
if (kind === "sinon before") require("sinon").useFakeTimers({ now: 0 });
const { flush, recordBusinessEvent, startBusinessEvents } = require("@spanledger/sdk");

startBusinessEvents({ endpoint: process.env.ENDPOINT });
if (kind === "sinon") require("sinon").useFakeTimers({ now: 0 });
else if (kind === "node") require("node:test").mock.timers.enable({ now: 0 });
if (setTimeout.toString() === undefined) throw new Error("no timers");
recordBusinessEvent("shop.sold");
void flush({ timeoutMs: 200 }).then((complete) => {
  writeSync(1, `flushed ${complete}\n`);
  process.exit(3);
});
