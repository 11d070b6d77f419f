/** A thread of the product: does what its data say, step by step, then waits for its end if it has to. */
import { createRequire } from "node:module";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { flush, record, shutdown, start, useSdk } from "./sdk.mjs";

const { steps, signal } = workerData;
const tell = (word) => parentPort.postMessage(word);
const doings = {
  start: () => start(),
  record: () => record(100),
  flush: async () => tell(`flushed ${await flush()}`),
  shutdown: async () => tell(`shut down ${await shutdown()}`),
  /** By the other build of the package. */
  cjs: () => {
    if (useSdk) createRequire(import.meta.url)("@spanledger/sdk").recordBusinessEvent("shop.sold");
  },
  tell: () => tell("done"),
  /** For a main thread that waits without a turn of its event loop. */
  signal: () => {
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  },
  wait: () => new Promise((resolve) => setTimeout(resolve, 100)),
  stay: () => void setInterval(() => undefined, 1000),
  exit: () => process.exit(3),
  throw: () => {
    throw new Error("in the thread on purpose");
  },
  nested: () =>
    new Promise((resolve) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { ...workerData, steps: ["start", "record", "tell", "stay"] },
      });
      worker.once("message", () => void worker.terminate().then(resolve));
    }),
};
for (const step of steps) await doings[step]();
