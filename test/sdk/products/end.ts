/** Records events and ends in the way that its first argument names. */
import { recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

const [how = "natural", count = "1000"] = process.argv.slice(2);
startBusinessEvents({ inProcess: process.env["IN_PROCESS"] === "1" });
for (let i = 0; i < Number(count); i += 1) recordBusinessEvent("shop.sold", { i });

switch (how) {
  case "exit":
    process.exit(3);
    break;
  case "exit-later":
    setTimeout(() => process.exit(3), 20);
    break;
  case "listeners-removed":
    setTimeout(() => process.removeAllListeners(), 20);
    setTimeout(() => process.exit(3), 40);
    break;
  case "listeners-removed-now":
    process.removeAllListeners();
    process.exit(3);
    break;
  case "emit-replaced":
    Object.assign(process, { emit: () => false });
    process.exit(3);
    break;
  case "exit-throws":
    process.on("exit", () => {
      throw new Error("in a listener, on purpose");
    });
    break;
  case "exit-exits":
    process.on("exit", () => process.exit(8));
    break;
  case "throw":
    throw new Error("uncaught on purpose");
  case "handled":
    process.on("uncaughtException", () => console.log("handled once"));
    setImmediate(() => {
      throw new Error("handled on purpose");
    });
    break;
  case "reject":
    void Promise.reject(new Error("unhandled on purpose"));
    break;
  case "blocked": {
    // The event loop of the product stands still; the sender's does not.
    console.log("blocked");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    break;
  }
  default:
}
