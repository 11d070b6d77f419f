/** Listens to SIGTERM in the way that its first argument names, and says how that went. */
import { writeSync } from "node:fs";
import { recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";

const [how = "once", start = "sdk"] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);
if (start === "sdk") {
  startBusinessEvents({ batchDelayMs: 60_000 });
  recordBusinessEvent("shop.sold");
}
if (start === "twice") {
  startBusinessEvents({ batchDelayMs: 60_000 });
  await shutdown();
  startBusinessEvents({ batchDelayMs: 60_000 });
  startBusinessEvents();
  recordBusinessEvent("shop.sold");
}
const alive = setInterval(() => undefined, 1000);
/** Half a second of work, at whose end nothing keeps the process alive. */
function drain(): void {
  say(`draining, ${process.listenerCount("SIGTERM")} listeners`);
  setTimeout(() => {
    say("drained");
    clearInterval(alive);
  }, 500);
}
switch (how) {
  case "once":
    process.once("SIGTERM", drain);
    break;
  case "prepended":
    process.on("SIGTERM", drain);
    process.prependListener("SIGTERM", () => say(`count ${process.listenerCount("SIGTERM")}`));
    break;
  case "signal-exit": {
    // As the package of this name does: alone among the listeners, it ends the process by the signal.
    const listener = (): void => {
      say(`count ${process.listenerCount("SIGTERM")}`);
      if (process.listeners("SIGTERM").length !== 1) return;
      process.removeListener("SIGTERM", listener);
      process.kill(process.pid, "SIGTERM");
    };
    process.on("SIGTERM", listener);
    break;
  }
  case "raised-later": {
    // As NestJS does behind its hooks.
    const listener = (): void => {
      process.removeListener("SIGTERM", listener);
      setTimeout(() => {
        recordOne();
        process.kill(process.pid, "SIGTERM");
      }, 200);
    };
    process.on("SIGTERM", listener);
    break;
  }
  case "removed":
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.removeAllListeners("SIGTERM");
    break;
  case "exit":
    process.on("SIGTERM", () => setTimeout(() => process.exit(7), 200));
    break;
  case "emitted":
    say(`emitted: ${process.emit("SIGTERM", "SIGTERM" as never)}`);
    setTimeout(() => clearInterval(alive), 100);
    break;
  default:
}
function recordOne(): void {
  if (start !== "none") recordBusinessEvent("shop.closed");
}
say("ready");
