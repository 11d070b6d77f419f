/** Records in a worker thread of the product's own, and ends it in the way that the first argument names. */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

if (isMainThread) new Worker(new URL(import.meta.url), { workerData: process.argv[2] });
else {
  startBusinessEvents();
  for (let i = 0; i < 100; i += 1) recordBusinessEvent("shop.sold", { i });
  if (workerData === "exit") process.exit(0);
  if (workerData === "throw") throw new Error("uncaught on purpose");
}
