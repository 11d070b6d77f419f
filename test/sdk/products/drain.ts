/** Sends what dead processes left in the spool, and ends when it is empty. */
import { readdirSync } from "node:fs";
import { startBusinessEvents } from "@spanledger/sdk";

startBusinessEvents({ batchDelayMs: 10 });
const spool = process.env["SPANLEDGER_SPOOL_DIR"]!;
while (readdirSync(spool).some((folder) => !folder.startsWith("."))) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
