/** Gives up a shutdown, goes on recording, and ends. */
import { recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";

startBusinessEvents();
for (let i = 0; i < 10; i += 1) recordBusinessEvent("shop.sold", { i });
if (await shutdown({ timeoutMs: 300 })) throw new Error("the receiver was not expected to answer yet");
for (let i = 0; i < 10; i += 1) recordBusinessEvent("shop.late", { i });
process.exit(0);
