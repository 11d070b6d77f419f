// Sends what every sender of the tests sends, see test/senders/senders.test.ts, by the OpenTelemetry of one year.

const { ENDPOINT, PROTOCOL, SIGNAL } = process.env;
// A class until 2024, a function since.
const { Resource, resourceFromAttributes } = await import("@opentelemetry/resources");
const kind = PROTOCOL === "http/json" ? "http" : "proto";
const attributes = { "service.name": "judge" };
const resource = resourceFromAttributes?.(attributes) ?? new Resource(attributes);
const now = new Date();
const odd = {
  session_id: "odd",
  huge: 1e21,
  wide: 2 ** 63,
  low: -(2 ** 63),
  nan: NaN,
  "": "no name",
  texts: ["a", "b"],
  text: '你好\n"\\ 😀',
};
const events = [
  ["session.start", { session_id: "plain" }, now],
  ["session.message", odd, now],
  ["cache.miss", {}, now],
  ["session.message", { session_id: "large", note: "x".repeat(2 ** 20) }, now],
  ["session.start", { session_id: "old" }, new Date(-1000)],
];
const many = Array.from({ length: 200 }, (_, n) => ["session.message", { session_id: "many", n }, now]);

async function sendTraces() {
  const sdk = await import("@opentelemetry/sdk-trace").catch(() => import("@opentelemetry/sdk-trace-base"));
  const exporters = await import(`@opentelemetry/exporter-trace-otlp-${kind}`);
  const exporter = new exporters.OTLPTraceExporter({ url: `${ENDPOINT}/v1/traces` });
  const spanLimits = { eventCountLimit: 1000 };
  const Provider = sdk.BasicTracerProvider ?? sdk.TracerProvider;
  const processor = newProcessor(sdk.BatchSpanProcessor, exporter);
  const provider = new Provider({ resource, spanLimits, spanProcessors: [processor] });
  provider.addSpanProcessor?.(processor);
  const tracer = provider.getTracer("judge");
  for (const each of [events, many]) {
    const span = tracer.startSpan("request");
    for (const [name, data, at] of each) span.addEvent(name, data, at);
    span.end();
  }
  await provider.forceFlush?.();
  await provider.shutdown();
}

async function sendLogs() {
  const sdk = await import("@opentelemetry/sdk-logs");
  const exporters = await import(`@opentelemetry/exporter-logs-otlp-${kind}`);
  const exporter = new exporters.OTLPLogExporter({ url: `${ENDPOINT}/v1/logs` });
  const processor = newProcessor(sdk.BatchLogRecordProcessor, exporter);
  const provider = new sdk.LoggerProvider({ resource, processors: [processor] });
  provider.addLogRecordProcessor?.(processor);
  const logger = provider.getLogger("judge");
  for (const [eventName, data, timestamp] of [...events, ...many]) {
    // The oldest have no EventName.
    const named = provider.addLogRecordProcessor === undefined ? data : { ...data, "event.name": eventName };
    logger.emit({ eventName, timestamp, attributes: named });
  }
  await provider.shutdown();
}

/** The newest take their exporter in an object. */
function newProcessor(Processor, exporter) {
  return resourceFromAttributes === undefined ? new Processor(exporter) : new Processor({ exporter });
}

await (SIGNAL === "logs" ? sendLogs() : sendTraces());
