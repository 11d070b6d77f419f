/** Records until it is killed, and says after each turn how many it has recorded. */
import { writeSync } from "node:fs";
import { businessEventsStatus, recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

startBusinessEvents({ batchDelayMs: 100 });
writeSync(1, "ready\n");
setInterval(() => {
  for (let i = 0; i < 10; i += 1) recordBusinessEvent("shop.sold", { round: process.argv[2] ?? "" });
  const { recorded, sent, spooledSeq, syncedSeq } = businessEventsStatus();
  writeSync(2, `${JSON.stringify({ recorded, sent, spooledSeq, syncedSeq })}\n`);
  writeSync(1, `${recorded}\n`);
}, 1);
