/** A product with threads; the first argument names what happens. */
import { Worker } from "node:worker_threads";
import { record, shutdown, start } from "./sdk.mjs";

const [how] = process.argv.slice(2);
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const begin = (steps, more = {}) =>
  new Worker(new URL("thread.mjs", import.meta.url), { workerData: { steps, ...more } });
const ended = (worker) => new Promise((resolve) => worker.once("exit", resolve));
const heard = (worker, word = "done") =>
  new Promise((resolve) =>
    worker.on("message", (message) => {
      if (message !== "done") console.log(message);
      if (message === word) resolve();
    }),
  );

const stories = {
  async natural() {
    start();
    console.log("code", await ended(begin(["start", "record"])));
  },
  async terminate() {
    start();
    const worker = begin(["start", "record", "tell", "stay"]);
    await heard(worker);
    console.log("code", await worker.terminate());
    console.log("ending");
  },
  async "thread-exit"() {
    start();
    console.log("code", await ended(begin(["start", "record", "exit"])));
  },
  async "thread-throw"() {
    start();
    begin(["start", "record", "throw"]);
  },
  async "main-exit"() {
    start();
    const workers = [begin(["start", "record", "tell", "stay"]), begin(["start", "record", "tell", "stay"])];
    await Promise.all(workers.map((worker) => heard(worker)));
    record(7);
    console.log("ending");
    process.exit(4);
  },
  async "main-throw"() {
    start();
    await heard(begin(["start", "record", "tell", "stay"]));
    console.log("ending");
    throw new Error("in the main thread on purpose");
  },
  /** Not one turn of the main thread's event loop between its start and its end. */
  "main-blocked"() {
    start();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    begin(["start", "record", "signal", "stay"], { signal });
    Atomics.wait(signal, 0, 0);
    process.exit(4);
  },
  async unref() {
    start();
    const worker = begin(["start", "record", "tell", "stay"]);
    await heard(worker);
    worker.unref();
  },
  async signal() {
    start();
    await heard(begin(["start", "record", "tell", "stay"]));
    console.log("ending");
  },
  /** Nobody starts the SDK in the thread. */
  async unstarted() {
    start({ tenant: "brand-b", defaults: { site: "s-1" } });
    const worker = begin(["record", "tell", "stay"]);
    await heard(worker);
    await worker.terminate();
  },
  /** More short threads than there is room for, one after the other, while the receiver is away. */
  async crowd() {
    start({ maxQueueBytes: 1024 * 1024 });
    for (let i = 0; i < 30; i += 1) {
      const worker = begin(["record", "tell", "stay"]);
      await heard(worker);
      await worker.terminate();
    }
    console.log("ending");
  },
  async "unstarted-private"() {
    start({ beforeSend: (event) => event });
    await ended(begin(["record"]));
  },
  async "thread-first"() {
    const worker = begin(["start", "record", "tell", ...Array(8).fill("wait"), "record", "tell", "stay"]);
    await heard(worker);
    start();
    await heard(worker);
    await worker.terminate();
  },
  async "thread-first-unstarted"() {
    const worker = begin(["record", ...Array(8).fill("wait"), "record", "tell", "stay"]);
    await later(100);
    start();
    await heard(worker);
    await worker.terminate();
  },
  /** The thread runs before the main thread's start, and starts its own behind it. */
  async asks() {
    const worker = begin([...Array(8).fill("wait"), "start", "record", ...Array(8).fill("wait"), "tell", "stay"]);
    await later(100);
    start();
    await heard(worker);
    await worker.terminate();
  },
  async "only-threads"() {
    await Promise.all([ended(begin(["start", "record"])), ended(begin(["start", "record"]))]);
  },
  async "only-threads-terminate"() {
    const worker = begin(["start", "record", "tell", "stay"]);
    await heard(worker);
    await worker.terminate();
  },
  async "thread-flush"() {
    start();
    const worker = begin(["start", "record", "flush", "record", "shutdown", "record", "tell", "stay"]);
    await heard(worker);
    await worker.terminate();
  },
  async nested() {
    start();
    await ended(begin(["start", "record", "nested"]));
  },
  async copies() {
    start();
    await ended(begin(["cjs", "start", "cjs", "record", "cjs"]));
  },
  async "main-shutdown"() {
    start();
    const worker = begin(["start", "record", "wait", "wait", "wait", "record", "tell", "stay"]);
    // From now on: on a busy machine the thread may be done before the shutdown is.
    const done = heard(worker);
    await later(150);
    record(1);
    console.log(await shutdown());
    await done;
    record(1);
    process.exit(4);
  },
  async "main-restart"() {
    start();
    const worker = begin(["start", "record", "tell", "stay"]);
    await heard(worker);
    await worker.terminate();
    start({ tenant: "brand-b" });
    record(1);
  },
};
await stories[how]();
