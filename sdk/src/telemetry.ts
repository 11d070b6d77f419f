import type { BusinessEventsOptions } from "./business-events-options.ts";
import { shutdown } from "./start-business-events.ts";
import { startBusinessEvents } from "./start-business-events.ts";

/** Options of `startTelemetry`. */
export interface TelemetryOptions extends BusinessEventsOptions {
  /** More instrumentations of OpenTelemetry, beside HTTP. */
  readonly instrumentations?: readonly unknown[];
}

/** What `startTelemetry` started. */
export interface Telemetry {
  /** Sends what waits, of both pipelines, and ends both. */
  shutdown(): Promise<void>;
}

/**
 * Starts OpenTelemetry's NodeSDK with HTTP instrumentation and the OTLP/HTTP exporter for ordinary
 * traces (they go where `OTEL_EXPORTER_OTLP_*` says), and business events beside it (they go where
 * `SPANLEDGER_OTLP_ENDPOINT` says). Needs `@opentelemetry/sdk-node`, `@opentelemetry/instrumentation-http`
 * and `@opentelemetry/exporter-trace-otlp-http`, of 2.x or 3.x.
 *
 * HTTP is instrumented from the moment of this call on: a server or client module that was imported
 * before, with named ESM imports, is not. `node --import @spanledger/sdk/register` starts early enough.
 */
export async function startTelemetry(options: TelemetryOptions = {}): Promise<Telemetry> {
  startBusinessEvents(options);
  const [{ NodeSDK }, { HttpInstrumentation }, { OTLPTraceExporter }] = await Promise.all([
    import("@opentelemetry/sdk-node"),
    import("@opentelemetry/instrumentation-http"),
    import("@opentelemetry/exporter-trace-otlp-http"),
  ]);
  const sdk = new NodeSDK({
    ...(options.serviceName === undefined ? {} : { serviceName: options.serviceName }),
    traceExporter: new OTLPTraceExporter(),
    instrumentations: [new HttpInstrumentation(), ...((options.instrumentations ?? []) as HttpInstrumentationLike[])],
  });
  sdk.start();
  return {
    async shutdown() {
      await Promise.allSettled([sdk.shutdown(), shutdown()]);
    },
  };
}

type HttpInstrumentationLike = InstanceType<typeof import("@opentelemetry/instrumentation-http").HttpInstrumentation>;
