import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Sends what every sender of the tests sends; see test/senders/senders.test.ts. */
public class Sender {
  private static final String endpoint = System.getenv("ENDPOINT");
  private static final boolean grpc = "grpc".equals(System.getenv("PROTOCOL"));
  private static final Resource resource =
      Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "judge"));

  public static void main(String[] arguments) {
    if ("logs".equals(System.getenv("SIGNAL"))) sendLogs();
    else sendTraces();
  }

  private static void sendTraces() {
    SpanExporter exporter =
        grpc
            ? OtlpGrpcSpanExporter.builder().setEndpoint(endpoint).build()
            : OtlpHttpSpanExporter.builder().setEndpoint(endpoint + "/v1/traces").build();
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(resource)
            .setSpanLimits(SpanLimits.builder().setMaxNumberOfEvents(1000).build())
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build();
    Tracer tracer = provider.get("judge");
    Instant now = Instant.now();
    Span span = tracer.spanBuilder("request").startSpan();
    span.addEvent("session.start", Attributes.of(AttributeKey.stringKey("session_id"), "plain"), now);
    span.addEvent("session.message", odd(), now);
    span.addEvent("cache.miss", Attributes.empty(), now);
    span.addEvent("session.message", large(), now);
    span.addEvent("session.start", Attributes.of(AttributeKey.stringKey("session_id"), "old"), Instant.ofEpochSecond(-1));
    span.end();
    Span many = tracer.spanBuilder("many").startSpan();
    for (int i = 0; i < 200; i++) many.addEvent("session.message", numbered(i), now);
    many.end();
    provider.forceFlush().join(30, TimeUnit.SECONDS);
    provider.shutdown().join(30, TimeUnit.SECONDS);
  }

  private static void sendLogs() {
    LogRecordExporter exporter =
        grpc
            ? OtlpGrpcLogRecordExporter.builder().setEndpoint(endpoint).build()
            : OtlpHttpLogRecordExporter.builder().setEndpoint(endpoint + "/v1/logs").build();
    SdkLoggerProvider provider =
        SdkLoggerProvider.builder()
            .setResource(resource)
            .addLogRecordProcessor(BatchLogRecordProcessor.builder(exporter).build())
            .build();
    Logger logger = provider.get("judge");
    Instant now = Instant.now();
    emit(logger, "session.start", Attributes.of(AttributeKey.stringKey("session_id"), "plain"), now);
    emit(logger, "session.message", odd(), now);
    emit(logger, "cache.miss", Attributes.empty(), now);
    emit(logger, "session.message", large(), now);
    emit(logger, "session.start", Attributes.of(AttributeKey.stringKey("session_id"), "old"), Instant.ofEpochSecond(-1));
    for (int i = 0; i < 200; i++) emit(logger, "session.message", numbered(i), now);
    provider.forceFlush().join(30, TimeUnit.SECONDS);
    provider.shutdown().join(30, TimeUnit.SECONDS);
  }

  private static void emit(Logger logger, String name, Attributes attributes, Instant at) {
    logger.logRecordBuilder().setEventName(name).setTimestamp(at).setAllAttributes(attributes).emit();
  }

  private static Attributes odd() {
    AttributesBuilder odd = Attributes.builder();
    odd.put("session_id", "odd").put("huge", 1e21).put("wide", Long.MAX_VALUE).put("low", Long.MIN_VALUE);
    odd.put("nan", Double.NaN).put("", "no name").put("texts", "a", "b").put("text", "你好\n\"\\ \uD83D\uDE00");
    return odd.build();
  }

  private static Attributes large() {
    return Attributes.of(
        AttributeKey.stringKey("session_id"), "large", AttributeKey.stringKey("note"), "x".repeat(1 << 20));
  }

  private static Attributes numbered(int i) {
    return Attributes.of(AttributeKey.stringKey("session_id"), "many", AttributeKey.longKey("n"), (long) i);
  }
}
