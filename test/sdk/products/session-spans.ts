/** Spans within a business context, and around it; what they carry is printed. */
import { trace, type Span } from "@opentelemetry/api";
import { withBusinessContext } from "@spanledger/sdk";
import { startTelemetry } from "@spanledger/sdk/telemetry";

// An instrumentation has its tracer before anything starts.
const early = trace.getTracer("early");
if (process.env["STARTS_ITSELF"] === "yes") await startTelemetry();
const tracer = trace.getTracer("product");

const sessionOf = (span: Span): unknown => {
  span.end();
  return (span as Span & { attributes: Record<string, unknown> }).attributes?.["session_id"] ?? null;
};
const found: Record<string, unknown> = {};
found["outside"] = sessionOf(tracer.startSpan("call"));
await withBusinessContext({ session_id: "s-1" }, async () => {
  found["started"] = sessionOf(tracer.startSpan("call"));
  found["early"] = sessionOf(early.startSpan("call"));
  await new Promise((resolve) => setTimeout(resolve, 1));
  found["active"] = tracer.startActiveSpan("call", sessionOf);
  found["again"] = sessionOf(trace.getTracer("product").startSpan("call"));
  found["own"] = sessionOf(tracer.startSpan("call", { attributes: { session_id: "s-own" } }));
  found["inner"] = withBusinessContext({ session_id: "s-2" }, () => sessionOf(tracer.startSpan("call")));
  found["other"] = withBusinessContext({ user_id: "u-1" }, () => sessionOf(tracer.startSpan("call")));
});
found["number"] = withBusinessContext({ session_id: 7 as never }, () => sessionOf(tracer.startSpan("call")));
found["after"] = sessionOf(tracer.startSpan("call"));
console.log(JSON.stringify(found));
