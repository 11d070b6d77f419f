/** Waits for a signal; `own` listens to it itself and goes on recording for a while. */
import { flush, recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

const own = process.argv.includes("own");
startBusinessEvents({ batchDelayMs: 60_000 });
for (let i = 0; i < 100; i += 1) recordBusinessEvent("shop.sold", { i });
if (own) {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      recordBusinessEvent("shop.closing", { signal });
      // Long enough for the SDK to be done with the signal as well: it must not raise it again.
      void flush().then(() =>
        setTimeout(() => {
          recordBusinessEvent("shop.closed", { signal });
          process.exit(0);
        }, 300),
      );
    });
  }
}
setInterval(() => undefined, 1000);
console.log("ready");
