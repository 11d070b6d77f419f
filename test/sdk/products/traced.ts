/** Beside OpenTelemetry's own SDK: each situation in which that one loses events. */
import { context, ROOT_CONTEXT, trace, TraceFlags } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { custom, recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";
import { AlwaysOffSampler, TracerProvider } from "@opentelemetry/sdk-trace";

startBusinessEvents();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ sampler: new AlwaysOffSampler() }));
const tracer = trace.getTracer("product");

const remote = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: TraceFlags.NONE,
  isRemote: true,
};
context.with(trace.setSpanContext(ROOT_CONTEXT, remote), () => {
  tracer.startActiveSpan("unsampled", (span) => {
    for (let i = 0; i < 10; i += 1) recordBusinessEvent(custom("lost.unsampled"), { i });
    for (let i = 0; i < 200; i += 1) recordBusinessEvent(custom("lost.limit"), { i });
    span.end();
    for (let i = 0; i < 10; i += 1) recordBusinessEvent(custom("lost.ended"), { i });
  });
});
context.with(suppressTracing(context.active()), () => {
  for (let i = 0; i < 10; i += 1) recordBusinessEvent(custom("lost.suppressed"), { i });
});
for (let i = 0; i < 20_000; i += 1) recordBusinessEvent(custom("lost.burst"), { i });
