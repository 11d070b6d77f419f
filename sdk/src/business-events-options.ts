import type { ContextAttributes } from "./checked-attributes.ts";
import type { BeforeSend } from "./recording/event-shape.ts";
import type { CheckedRules, HttpEventRule } from "./http-rules.ts";

/** Options `O` with the rules `R`, what their functions return included. */
export type WithRules<R, O = BusinessEventsOptions> = O & {
  readonly httpEvents?: (R & CheckedRules<R>) | undefined;
};

/** Options of `startBusinessEvents`; what is not given comes from the environment. */
export interface BusinessEventsOptions {
  /** Name of the product's service. Default: `OTEL_SERVICE_NAME`, then `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly serviceName?: string | undefined;
  /**
   * Base URL of the OTLP/HTTP receiver or Collector; `/v1/traces` is appended. Default:
   * `SPANLEDGER_OTLP_ENDPOINT`, then `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` (the complete URL; `LOGS` for log
   * records), then `OTEL_EXPORTER_OTLP_ENDPOINT`, then `http://localhost:4318`.
   */
  readonly endpoint?: string | URL | undefined;
  /**
   * HTTP headers, beside those of the endpoint: `SPANLEDGER_OTLP_HEADERS` with the option `endpoint` and
   * `SPANLEDGER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_HEADERS` and `OTEL_EXPORTER_OTLP_HEADERS` with theirs.
   */
  readonly headers?: Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]> | undefined;
  /** Brand or site whose numbers stand apart (resource attribute `spanledger.tenant`). */
  readonly tenant?: string | undefined;
  /** More attributes of the OTLP resource. */
  readonly resourceAttributes?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** How an event travels: as an event on a carrier span, or as a log record. @default "span-event" */
  readonly emit?: "span-event" | "log-record" | undefined;
  /**
   * Memory that waiting events may occupy, in bytes, at least 512 KiB; beyond it the newest are dropped and
   * counted. @default 64 MiB
   */
  readonly maxQueueBytes?: number | undefined;
  /**
   * Folder in which events wait on disk until they are acknowledged, so that they outlive `kill -9` and
   * long outages. Default: `SPANLEDGER_SPOOL_DIR`, else they wait in memory.
   */
  readonly spoolDirectory?: string | undefined;
  /** Disk space of the spool, in bytes; beyond it events wait in memory. @default 1 GiB */
  readonly maxSpoolBytes?: number | undefined;
  /** Most events of one request, which is never larger than about 1 MiB. @default 512 */
  readonly maxBatchEvents?: number | undefined;
  /** Longest time that an event waits for others, in ms; Infinity: until a request is full. @default 1000 */
  readonly batchDelayMs?: number | undefined;
  /** Time without new events after which the source reports its last sequence number, in ms; Infinity: at the end only. @default 30000 */
  readonly reportDelayMs?: number | undefined;
  /** Time after which a request without an answer is repeated, in ms; 0 or Infinity: no limit. @default 10000 */
  readonly requestTimeoutMs?: number | undefined;
  /** Longest time that the end of the process waits for the sender, in ms. Default: `SPANLEDGER_EXIT_WAIT_MS`, then 2000. */
  readonly exitWaitMs?: number | undefined;
  /** Wrong use throws instead of being reported. @default true under `NODE_ENV=test` */
  readonly strict?: boolean | undefined;
  /** Send in the product's own thread, without a worker. @default false */
  readonly inProcess?: boolean | undefined;
  /** Events that HTTP requests yield without code in their handlers. */
  readonly httpEvents?: readonly HttpEventRule[] | undefined;
  /** React to SIGTERM, SIGINT, SIGHUP, SIGQUIT and SIGUSR2 by sending what waits. @default true */
  readonly handleSignals?: boolean | undefined;
  /** Attributes of every event; those of the context and of the event win. */
  readonly defaults?: ContextAttributes | undefined;
  /**
   * Sees each event with all its attributes, in the call that records it, and returns it, changed or not; null leaves
   * it out. If it throws, the event is dropped and counted: it may hold what was to be removed.
   */
  readonly beforeSend?: BeforeSend | undefined;
  /** Hears of what is lost, refused or used wrongly, as rarely as stderr does. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Whether events are recorded; a function is asked at each call, and anything but true is no. @default true */
  readonly enabled?: (boolean | (() => boolean)) | undefined;
  /**
   * `waitUntil` of a serverless platform: gets a promise that is kept when what was recorded is sent, at the latest
   * after 10 s.
   */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Record and send nothing. Default: `SPANLEDGER_DISABLED`. */
  readonly disabled?: boolean | undefined;
}
