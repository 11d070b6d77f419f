/** Ends by a signal as the package does that the first argument names. */
import { recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

const [how, sdk] = process.argv.slice(2);
const record = (name) => {
  if (sdk === "with") recordBusinessEvent(name);
};
if (sdk === "with") startBusinessEvents({ batchDelayMs: 60_000 });
record("shop.opened");
const alive = setInterval(() => undefined, 1000);
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

switch (how) {
  case "close-with-grace": {
    const { default: closeWithGrace } = await import("close-with-grace");
    closeWithGrace({ delay: 5000, logger: false }, async () => {
      await later(200);
      record("shop.closed");
    });
    break;
  }
  case "signal-exit": {
    const { onExit } = await import("signal-exit");
    onExit((code, signal) => {
      record("shop.closed");
      console.log(`exit ${code} ${signal}`);
    });
    break;
  }
  case "execa": {
    // It installs signal-exit to end its children with us.
    const { execa } = await import("execa");
    execa("sleep", ["30"]).catch(() => undefined);
    await later(100);
    break;
  }
  case "nest": {
    const { startNest } = await import("./web.mjs");
    const { app } = await startNest();
    app.enableShutdownHooks();
    app.getHttpServer().on("close", () => record("shop.closed"));
    break;
  }
  case "nodemon":
    // nodemon's own advice: clean up, then raise its signal again.
    process.once("SIGUSR2", () => void later(200).then(() => process.kill(process.pid, "SIGUSR2")));
    break;
  default:
}
void alive;
console.log("ready");
