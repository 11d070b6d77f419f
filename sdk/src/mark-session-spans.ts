import { trace, type Context, type SpanOptions, type Tracer, type TracerProvider } from "@opentelemetry/api";
import { pipeline } from "./shared-pipeline.ts";

/** As business events have it, so that a span of a model's call finds its conversation. */
const sessionKey = "session_id";

/**
 * Lets every span that starts within `withBusinessContext` carry its `session_id`, unless the span brings its own. In front of
 * the tracers and not as a span processor: NodeSDK takes its exporters from the environment only as long as it is given none.
 */
export function markSessionSpans(): void {
  const provider = globalProvider();
  const getTracer = provider.getTracer.bind(provider);
  const marked = new WeakSet<Tracer>();
  provider.getTracer = (...of) => {
    const tracer = getTracer(...of);
    if (!marked.has(tracer)) {
      marked.add(tracer);
      markSpansOf(tracer);
    }
    return tracer;
  };
}

/** The provider behind the one that the API hands out, which asks it for a tracer when the first span starts. */
function globalProvider(): TracerProvider {
  const provider = trace.getTracerProvider() as TracerProvider & { getDelegate?: () => TracerProvider };
  return provider.getDelegate?.() ?? provider;
}

/** `startActiveSpan` of OpenTelemetry's SDK starts its span by `startSpan`. */
function markSpansOf(tracer: Tracer): void {
  const startSpan = tracer.startSpan.bind(tracer);
  tracer.startSpan = (name: string, options?: SpanOptions, context?: Context) => {
    const span = startSpan(name, options, context);
    const sessionId = pipeline.recorder.surroundings.getStore()?.[sessionKey];
    if (typeof sessionId === "string" && options?.attributes?.[sessionKey] === undefined) {
      span.setAttribute(sessionKey, sessionId);
    }
    return span;
  };
}
