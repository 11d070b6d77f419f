import { setTimeout as sleep } from "node:timers/promises";
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";

/**
 * A product under steady load: `steady-product.ts <events per second> <tenant>`. It records until
 * stdin ends, then waits until everything is acknowledged. Every few milliseconds, and at the end, it
 * prints how many events it has recorded.
 */
const rate = Number(process.argv[2]);
const tenant = process.argv[3] ?? "default";
const tickMs = 20;
const maxWaitMs = 120_000;

startBusinessEvents({ serviceName: `load-${tenant}`, tenant, batchDelayMs: 100, requestTimeoutMs: 5_000 });

let stopping = false;
process.stdin.on("end", () => (stopping = true)).resume();

let session = 0;
let recorded = 0;
function recordSome(count: number): void {
  for (let i = 0; i < count; i++) {
    const id = `${tenant}-${process.pid}-${session}`;
    if (recorded % 3 === 0) recordBusinessEvent("session.start", { session_id: id, user_id: `u-${session % 50}` });
    else if (recorded % 3 === 1) {
      recordBusinessEvent("session.message", { session_id: id, role: "ai", response_time_ms: 100 + (recorded % 900) });
    } else {
      recordBusinessEvent("session.end", { session_id: id });
      session++;
    }
    recorded++;
  }
}

function say(done: boolean): void {
  process.stdout.write(`${JSON.stringify({ recorded, done, status: businessEventsStatus() })}\n`);
}

const report = setInterval(() => say(false), tickMs);
const started = performance.now();
while (!stopping) {
  const due = Math.floor(((performance.now() - started) / 1000) * rate);
  recordSome(Math.max(0, due - recorded));
  await sleep(tickMs);
}
clearInterval(report);
await flush({ timeoutMs: maxWaitMs });
say(true);
await shutdown();
