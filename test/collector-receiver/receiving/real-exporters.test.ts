import { ROOT_CONTEXT, TraceFlags, trace, type Span } from "@opentelemetry/api";
import { OTLPLogExporter as JsonLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPTraceExporter as JsonTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { BasicTracerProvider, BatchSpanProcessor, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startOtlpServer, type OtlpServer } from "./otlp-server.ts";
import { fieldsOf } from "../../support/make-business-event.ts";

const eventId = "018d3f2e-0000-4000-8000-0000000000AB";
const attributes = {
  "spanledger.event.id": eventId,
  session_id: "s-会话-1",
  message_length: 86,
  response_time_ms: 1480.25,
  tags: ["a", "b"],
  escalated: false,
};
const data = {
  session_id: "s-会话-1",
  message_length: 86,
  response_time_ms: 1480.25,
  tags: ["a", "b"],
  escalated: false,
};

let server: OtlpServer;
beforeEach(async () => {
  server = await startOtlpServer();
});
afterEach(() => server.close());

const resource = resourceFromAttributes({ "service.name": "shop", "spanledger.tenant": "brand-a" });
const compressions = [CompressionAlgorithm.NONE, CompressionAlgorithm.GZIP];

describe.each([
  ["protobuf", ProtobufTraceExporter, ProtobufLogExporter],
  ["json", JsonTraceExporter, JsonLogExporter],
] as const)("OpenTelemetry JS exporters, %s", (_encoding, TraceExporter, LogExporter) => {
  test.each(compressions)("traces, compression %s", async (compression) => {
    const exporter = new TraceExporter({ url: `${server.url}/v1/traces`, compression });
    const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const time = new Date();
    const parent = provider.getTracer("http").startSpan("POST /chat");
    parent.addEvent("session.message", attributes, time);
    parent.addEvent("exception", { "exception.type": "Error" });
    parent.addEvent("session.message", { session_id: 5 }, time);
    parent.end();
    await provider.shutdown();
    expectMapped(parent, time);
    expect(server.answered.map(({ status, outcome }) => [status, outcome])).toEqual([[200, "partly_rejected"]]);
    expect(server.submitted[0]!.rejected.map(({ code }) => code)).toEqual(["wrong_type"]);
    expect(server.submitted[0]!.ignored).toBe(1);
  });

  test("an integral number beyond 64 bits in a resource, a span or an event loses nothing else", async () => {
    const exporter = new TraceExporter({ url: `${server.url}/v1/traces` });
    const provider = new BasicTracerProvider({
      resource: resource.merge(resourceFromAttributes({ big: 1e21 })),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer("http");
    for (const sessionId of ["s-1", "s-2", "s-3", "s-4", "s-5"]) {
      const span = tracer.startSpan("POST /chat", { attributes: { big: 1e21 } });
      const big = sessionId === "s-3" ? { big: 1e21, list: [2 ** 64] } : {};
      span.addEvent("session.start", { session_id: sessionId, ...big });
      span.addEvent("cache.miss", { big: -1e300 });
      span.end();
    }
    await provider.shutdown();
    expect(server.answered.map(({ status, outcome }) => [status, outcome])).toEqual([[200, "accepted"]]);
    expect(
      server.submitted.flatMap(({ events }) =>
        events.map(({ eventData }) => JSON.parse(Buffer.from(eventData).toString()) as unknown),
      ),
    ).toEqual([
      { session_id: "s-1" },
      { session_id: "s-2" },
      { session_id: "s-3", big: 1e21, list: [2 ** 64] },
      { session_id: "s-4" },
      { session_id: "s-5" },
    ]);
  });

  test.each(compressions)("logs, compression %s", async (compression) => {
    const exporter = new LogExporter({ url: `${server.url}/v1/logs`, compression });
    const provider = new LoggerProvider({
      resource,
      processors: [new SimpleLogRecordProcessor({ exporter })],
    });
    const time = new Date();
    const tracer = new BasicTracerProvider().getTracer("http");
    const span = tracer.startSpan("POST /chat");
    provider.getLogger("http").emit({
      eventName: "session.message",
      timestamp: time,
      attributes,
      context: trace.setSpan(ROOT_CONTEXT, span),
    });
    provider.getLogger("http").emit({ body: "an ordinary log line" });
    await provider.shutdown();
    expectMapped(span, time);
  });
});

function expectMapped(span: Span, time: Date): void {
  const context = span.spanContext();
  expect(context.traceFlags).toBe(TraceFlags.SAMPLED);
  const events = server.submitted.flatMap((request) => request.events);
  expect(
    events.map((event) => ({
      ...fieldsOf(event),
      eventData: JSON.parse(Buffer.from(event.eventData).toString()) as unknown,
    })),
  ).toEqual([
    {
      tenantId: "brand-a",
      eventId: eventId.toLowerCase(),
      name: "session.message",
      sessionId: "s-会话-1",
      agentId: null,
      ticketId: null,
      occurredAtMs: time.getTime(),
      test: false,
      attributes: { response_time_ms: 1480.25 },
      eventData: data,
      traceId: context.traceId,
      spanId: context.spanId,
      serviceName: "shop",
      source: null,
    },
  ]);
}
