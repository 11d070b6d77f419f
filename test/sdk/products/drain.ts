/** Sends what dead processes left in the spool, and ends when it is empty. */
import { readdirSync } from "node:fs";
import { startBusinessEvents } from "@spanledger/sdk";

startBusinessEvents({ batchDelayMs: 10 });
while (readdirSync(process.env["SPANLEDGER_SPOOL_DIR"]!).length > 0) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
