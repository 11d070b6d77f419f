/** Ends its telemetry itself, within the time of the first argument (ms) if there is one, and says how long that took. */
import { writeSync } from "node:fs";
import { trace } from "@opentelemetry/api";
import { recordBusinessEvent } from "@spanledger/sdk";
import { startTelemetry } from "@spanledger/sdk/telemetry";

const telemetry = await startTelemetry();
trace.getTracer("product").startSpan("work").end();
recordBusinessEvent("shop.sold");
const [timeoutMs] = process.argv.slice(2);
const began = performance.now();
await telemetry.shutdown(timeoutMs === undefined ? undefined : { timeoutMs: Number(timeoutMs) });
writeSync(1, `${Math.round(performance.now() - began)}\n`);
process.exit(0);
