/** Loses or risks events in the way that its first argument names; what it then reads on stderr is the test's. */
import cluster from "node:cluster";
import { businessEventsStatus, flush, recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

const [how = "", endpoint] = process.argv.slice(2);
const options = { ...(endpoint === undefined ? {} : { endpoint }), batchDelayMs: 20 };
const record = (count: number): void => {
  for (let i = 0; i < count; i += 1) recordBusinessEvent("shop.sold", { i });
};
switch (how) {
  case "never-started":
    record(7);
    break;
  case "exit-listeners":
    process.on("exit", () => record(3));
    startBusinessEvents(options);
    process.on("exit", () => record(4));
    record(1);
    break;
  case "burst":
    startBusinessEvents({ ...options, maxQueueBytes: 1 });
    record(50_000);
    break;
  case "bursts":
    startBusinessEvents({ ...options, maxQueueBytes: 1 });
    record(50_000);
    // The line about the first one comes after a second.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    record(50_000);
    break;
  case "flushed": {
    startBusinessEvents(options);
    record(5);
    let isSent = false;
    void flush({ timeoutMs: Infinity }).then(() => (isSent = true));
    // However long the machine takes for the first answer.
    while (!isSent && businessEventsStatus().failedAttempts === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // The flush goes on, and would keep the process alive.
    process.exit(0);
  }
  case "wrong-use":
    startBusinessEvents(options);
    for (let i = 0; i < 3; i += 1)
      (recordBusinessEvent as (name: string, attributes: object) => void)("session.start", {});
    break;
  case "two-starts":
    // As `register` and the product's own call: the first knows nothing, the second everything.
    startBusinessEvents({ ...options, serviceName: "first" });
    record(1);
    startBusinessEvents({ serviceName: "second", tenant: "brand-b", headers: { "x-key": "2" } });
    record(1);
    break;
  case "cluster":
    if (cluster.isPrimary) {
      for (let i = 0; i < 8; i += 1) cluster.fork();
      let recorded = 0;
      cluster.on("message", (worker) => {
        recorded += 1;
        if (recorded === 8) for (const one of Object.values(cluster.workers ?? {})) one?.process.kill("SIGTERM");
        void worker;
      });
    } else {
      startBusinessEvents(options);
      record(2000);
      process.send?.("recorded");
      // Not for ever: on a busy machine the last of the eight starts a minute after the first.
      let rounds = 0;
      setInterval(() => (rounds += 1) <= 400 && record(10), 5);
      process.once("SIGTERM", () => {
        record(1);
        process.exit(0);
      });
    }
    break;
  default:
}
