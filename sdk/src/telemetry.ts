import { createRequire, syncBuiltinESMExports } from "node:module";
import type { BusinessEventsOptions, WithRules } from "./business-events-options.ts";
import { warnProduct } from "./diagnose.ts";
import type { HttpEventRule } from "./http-rules.ts";
import { markSessionSpans } from "./mark-session-spans.ts";
import { copyAttributes } from "./recording/copy-attributes.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import { workingFolder } from "./require-builtin.ts";
import { pipeline } from "./shared-pipeline.ts";
import { readTimeout, shutdown, startBusinessEvents, type EndOptions } from "./start-business-events.ts";
import { startTimer, stopTimer } from "./timers.ts";

/** Options of `startTelemetry`: those of business events, and more instrumentations. */
export interface TelemetryOptions extends BusinessEventsOptions {
  /** Instrumentations of OpenTelemetry beside HTTP and Fastify. */
  readonly instrumentations?: readonly unknown[] | undefined;
}

/** What `startTelemetry` started. */
export interface Telemetry {
  /** Whether OpenTelemetry's SDK runs too; false if its packages are missing. */
  readonly tracing: boolean;
  /**
   * Sends what waits, of both pipelines, and ends both. Resolves after `timeoutMs` at the latest, by default after the
   * time that the end of the process may wait (`SPANLEDGER_EXIT_WAIT_MS`), whichever backend is away. Never rejects.
   */
  shutdown(options?: EndOptions): Promise<void>;
}

/** A `require` that works alike in both builds; it asks for built-in modules alone. */
const requireFromProduct = createRequire(`${workingFolder()}/`);

/** The part of NodeSDK and of an instrumentation that is the same in 2.x and 3.x. */
interface NodeSdk {
  start(): void;
  shutdown(): Promise<void>;
}
interface Instrumentation {
  getModuleDefinitions?(): readonly { readonly name: string }[];
}

/**
 * Starts business events (sent where `SPANLEDGER_OTLP_ENDPOINT` says), and beside them OpenTelemetry's
 * NodeSDK with instrumentation of HTTP, and of Fastify if `@fastify/otel` is installed, for ordinary
 * traces (sent where `OTEL_EXPORTER_OTLP_*` says).
 *
 * Spans that start within `withBusinessContext` carry its `session_id`.
 *
 * Needs `@opentelemetry/sdk-node`, `@opentelemetry/instrumentation-http` and
 * `@opentelemetry/exporter-trace-otlp-http`, of 2.x (0.2xx) or 3.x (0.30x); if they are missing,
 * business events work alone and a warning says so. Call it, or use `node --import
 * @spanledger/sdk/register`, before the product loads what is to be instrumented; a start that comes too
 * late says so.
 */
export async function startTelemetry<const R extends readonly HttpEventRule[] = readonly HttpEventRule[]>(
  options?: WithRules<R, TelemetryOptions>,
): Promise<Telemetry> {
  startBusinessEvents(options);
  const sdk = await startNodeSdk(options);
  return {
    tracing: sdk !== null,
    async shutdown(end) {
      const timeoutMs = readTimeout(end, pipeline.exitWaitMs);
      await Promise.all([endWithin(timeoutMs, sdk), shutdown({ timeoutMs })]);
    },
  };
}

/** Ends OpenTelemetry's SDK, and waits for that no longer than `timeoutMs`: by itself it tries for 10 s. */
function endWithin(timeoutMs: number, sdk: NodeSdk | null): Promise<void> {
  return new Promise((resolve) => {
    const timer = startTimer(timeoutMs, resolve);
    timer?.ref();
    const end = (): void => {
      stopTimer(timer);
      resolve();
    };
    // An async function, so that what the product's OpenTelemetry throws is settled too.
    (async () => sdk?.shutdown())().then(end, end);
  });
}

async function startNodeSdk(options: TelemetryOptions | undefined): Promise<NodeSdk | null> {
  try {
    const late = process.getActiveResourcesInfo().includes("TCPServerWrap");
    const { instrumentations: more, serviceName } = copyAttributes(options);
    const [{ NodeSDK }, { HttpInstrumentation }] = await Promise.all([
      import("@opentelemetry/sdk-node"),
      import("@opentelemetry/instrumentation-http"),
    ]);
    const instrumentations = [
      new HttpInstrumentation(),
      ...(await fastifyInstrumentation()),
      ...(Array.isArray(more) ? (more as unknown[]) : []),
    ] as Instrumentation[];
    warnOfLateStart(late, instrumentations);
    const configuration = {
      instrumentations,
      ...(typeof serviceName === "string" ? { serviceName } : {}),
      ...(await ownExporter()),
    } as ConstructorParameters<typeof NodeSDK>[0];
    const sdk: NodeSdk = new NodeSDK(configuration);
    sdk.start();
    markSessionSpans();
    patchNamedImports();
    process.once("beforeExit", () => void endAtNaturalEnd(sdk));
    return sdk;
  } catch (error) {
    warnProduct(
      "SPANLEDGER_NO_TRACING",
      `OpenTelemetry's SDK could not be started, business events work without it ` +
        `(${describeThrown(error)}); npm install @opentelemetry/sdk-node ` +
        "@opentelemetry/instrumentation-http @opentelemetry/exporter-trace-otlp-http",
    );
    return null;
  }
}

/**
 * NodeSDK leaves the last seconds of the ordinary traces unsent at a natural end. Sending them may keep the process as
 * long as the end may wait: if their backend is away, NodeSDK by itself would keep it for 10 s.
 */
async function endAtNaturalEnd(sdk: NodeSdk): Promise<void> {
  const isBounded = process.listenerCount("beforeExit") <= ownListeners;
  // The business events use the same time.
  pipeline.sendNow();
  const timer = isBounded ? startTimer(pipeline.exitWaitMs, endNow) : null;
  try {
    await sdk.shutdown();
  } catch {
    // Its exporter has said so.
  }
  stopTimer(timer);
}

/** Of ours: another listener may give the process something to do, and its end is not ours to decide then. */
const ownListeners = 1;

function endNow(): void {
  pipeline.spendExitWait();
  process.exit();
}

/** The exporter of ordinary traces, unless the environment asks NodeSDK for another one. */
async function ownExporter(): Promise<object> {
  const { env } = process;
  const asked = [
    env["OTEL_TRACES_EXPORTER"],
    env["OTEL_EXPORTER_OTLP_PROTOCOL"],
    env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"],
  ];
  if (asked.some((value) => value !== undefined && value !== "")) return {};
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  return { traceExporter: new OTLPTraceExporter() };
}

/** `@fastify/otel` hears of new Fastify instances through a diagnostics channel: no patching. */
async function fastifyInstrumentation(): Promise<unknown[]> {
  try {
    // Not a literal, so that neither the compiler nor a bundler asks for an optional package.
    const name = "@fastify/otel";
    const module = (await import(name)) as {
      FastifyOtelInstrumentation?: new (options: object) => unknown;
      default?: { FastifyOtelInstrumentation?: new (options: object) => unknown };
    };
    const { FastifyOtelInstrumentation } = module.default ?? module;
    if (FastifyOtelInstrumentation === undefined) return [];
    return [new FastifyOtelInstrumentation({ registerOnInitialization: true })];
  } catch {
    return [];
  }
}

/**
 * An instrumentation patches a built-in module when it is required, in place; the named imports of ES
 * modules see that only after Node was told to look again. With this, `import { request } from
 * "node:http"` is instrumented without any loader hook, even if it came before the start.
 */
function patchNamedImports(): void {
  for (const name of ["http", "https"]) requireFromProduct(name);
  syncBuiltinESMExports();
}

/** Says what was loaded before its instrumentation, and is therefore not instrumented. */
function warnOfLateStart(listening: boolean, instrumentations: readonly Instrumentation[]): void {
  const loaded = Object.keys(requireFromProduct.cache);
  const late = instrumentations
    .flatMap((one) => one.getModuleDefinitions?.() ?? [])
    .map(({ name }) => name)
    .filter((name) => loaded.some((file) => file.replaceAll("\\", "/").includes(`/node_modules/${name}/`)));
  if (listening) late.unshift("a server that listens already");
  if (late.length === 0) return;
  warnProduct(
    "SPANLEDGER_LATE_START",
    `telemetry was started too late for ${late.join(", ")}: call startTelemetry first of all, or use ` +
      "node --import @spanledger/sdk/register",
  );
}
