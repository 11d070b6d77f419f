import { Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { CommittedBatch } from "../ingest/commit-batch.ts";
import { otlpOutcomes, type AnsweredRequest } from "../receiving/answered-request.ts";
import type { Submission } from "../receiving/submission.ts";
import { ignoredReasons, reasonsBesideEvents, type IgnoredReason } from "../mapping/ignored-reasons.ts";
import { alarmCodes, type AlarmCode } from "../ingest/alarm-codes.ts";
import { TalliedCounter } from "./tallied-counter.ts";

/** Lag samples of one batch: enough for the shape, few enough not to be felt. */
const lagSamples = 64;
/** Services that have series of their own. */
const maxServices = 200;
/** Operations that have series of their own. */
const maxOperations = 50;

/** What the receiver says of itself at `/metrics`; every event of an answered request is in exactly one counter. */
export class ReceiverMetrics {
  readonly registry = new Registry();
  readonly #requests = this.#counter("requests_total", "Answered OTLP requests", ["signal", "outcome"]);
  readonly #bodyBytes = this.#counter("request_body_bytes_total", "Bytes of OTLP bodies on the wire", ["signal"]);
  readonly #received = this.#counter("events_received_total", "Events and foreign span events in answered requests", [
    "signal",
  ]);
  readonly #committed = this.#counter("events_committed_total", "Events whose row was new and is committed");
  readonly #duplicates = this.#counter("events_duplicate_total", "Events that were stored already");
  readonly #ambiguous = this.#counter(
    "ambiguous_duplicates_total",
    "Duplicates without an id of their own that two processes may have recorded; set service.instance.id",
  );
  readonly #rejected = this.#counter("events_rejected_total", "Events kept with a reason instead of being counted", [
    "code",
  ]);
  readonly #unkept = this.#counter(
    "rejections_unkept_total",
    "Rejected events counted without being kept: the tenant's limit of today is reached",
  );
  readonly #ignored = this.#counter(
    "ignored_total",
    "What is not a business event, by the reason: docs/ignored-reasons.md",
    ["reason"],
  );
  readonly #losses = this.#counter(
    "sender_losses_total",
    "What senders lost at their own limits before they sent: events of spans, attributes, ends of session ids",
    ["service", "what"],
  );
  readonly #services = new Set<string>();
  readonly #unknownOperations = this.#counter(
    "unknown_ai_operations_total",
    "Spans of services in aiCalls.services whose operation no list knows: docs/ai-calls.md",
    ["operation"],
  );
  readonly #operations = new Set<string>();
  readonly #unavailable = this.#counter("events_unavailable_total", "Events of requests that were told to come again");
  readonly #alarms = this.#counter("alarms_total", "Faults of ours that somebody has to look at", ["kind"]);
  readonly #swept = this.#counter("sessions_settled_total", "Sessions that the sweeper ended after the idle timeout");
  readonly #batchEvents = this.#histogram(
    "batch_events",
    "Events of one transaction",
    [1, 10, 100, 500, 1000, 5000, 20000],
  );
  readonly #batchSeconds = this.#histogram(
    "batch_seconds",
    "From taking a batch off the queue to its commit",
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  );
  readonly #lagSeconds = this.#histogram(
    "commit_lag_seconds",
    "From the event's own time to its commit; a sample of each batch",
    [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86400],
  );

  /** @param queue read at each scrape */
  constructor(queue: () => { readonly bytes: number; readonly requests: number }, queueLimitBytes: number) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge("queue_bytes", "What waiting requests occupy in memory", () => queue().bytes);
    this.#gauge("queue_limit_bytes", "What they may occupy at most (MAX_QUEUE_BYTES)", () => queueLimitBytes);
    this.#gauge("queue_requests", "Requests that wait for their commit", () => queue().requests);
    // Known from the start: Prometheus sees no increase in a series that begins with 1.
    for (const signal of ["traces", "logs"] as const) {
      for (const outcome of otlpOutcomes) this.#requests.add(0, `${signal}\n${outcome}`);
    }
    for (const code of Object.keys(alarmCodes)) this.#alarms.add(0, code);
    for (const reason of Object.keys(ignoredReasons)) this.#ignored.add(0, reason);
  }

  /** One answered request. */
  countRequest(answered: AnsweredRequest): void {
    const { signal, submitted } = answered;
    this.#requests.add(1, `${signal}\n${answered.outcome}`);
    this.#bodyBytes.add(answered.bodyBytes, signal);
    if (submitted === null) return;
    let events = submitted.events;
    for (const count of submitted.rejected.values()) events += count;
    this.#received.add(events + submitted.ignored, signal);
    this.#countIgnored(submitted);
    if (answered.status !== 200) {
      this.#unavailable.add(events);
      return;
    }
    this.#committed.add(submitted.inserted);
    this.#duplicates.add(submitted.duplicates);
    this.#ambiguous.add(submitted.ambiguous);
    for (const [code, count] of submitted.rejected) this.#rejected.add(count, code);
    this.#unkept.add(submitted.unkept);
    if (submitted.refused > 0) this.#rejected.add(submitted.refused, "refused_by_database");
  }

  #countIgnored({ ignored, nearMisses, serviceName }: Submission): void {
    if (serviceName !== undefined) this.#labelOf(serviceName ?? "");
    let foreign = ignored;
    for (const [reason, amount] of nearMisses.flatMap(({ reasons }) => [...reasons])) {
      this.#ignored.add(amount, reason);
      if (!reasonsBesideEvents.has(reason)) foreign -= amount;
    }
    this.#ignored.add(foreign, "foreign_name" satisfies IgnoredReason);
    for (const [operation, amount] of nearMisses.flatMap(({ operations }) => [...operations])) {
      if (this.#operations.size < maxOperations && !operation.includes("\n")) this.#operations.add(operation);
      this.#unknownOperations.add(amount, this.#operations.has(operation) ? operation : "");
    }
    for (const [service, { events, attributes, cutSessionIds }] of nearMisses.flatMap(({ losses }) => [...losses])) {
      const label = this.#labelOf(service);
      if (events > 0) this.#losses.add(events, `${label}\nevents`);
      if (attributes > 0) this.#losses.add(attributes, `${label}\nattributes`);
      if (cutSessionIds > 0) this.#losses.add(cutSessionIds, `${label}\nsession_id_ends`);
    }
  }

  /** Each service has series of its own, which start at 0 at its first event; services beyond the bound share one. */
  #labelOf(service: string): string {
    if (this.#services.has(service)) return service;
    const label = this.#services.size >= maxServices || service.includes("\n") ? "" : service;
    for (const what of ["events", "attributes", "session_id_ends"]) this.#losses.add(0, `${label}\n${what}`);
    this.#services.add(label);
    return label;
  }

  /**
   * One committed batch.
   * @param startedMs of performance.now()
   * @param now milliseconds since 1970
   */
  countBatch(committed: CommittedBatch, startedMs: number, now: number): void {
    const { inserted } = committed;
    this.#batchEvents.observe(inserted.length);
    this.#batchSeconds.observe((performance.now() - startedMs) / 1000);
    const step = Math.max(1, Math.ceil(inserted.length / lagSamples));
    for (let index = 0; index < inserted.length; index += step) {
      const event = inserted[index];
      if (event !== undefined) this.#lagSeconds.observe(Math.max(0, now - event.occurredAtMs) / 1000);
    }
  }

  countAlarm(code: AlarmCode): void {
    this.#alarms.add(1, code);
  }

  countSettled(sessions: number): void {
    this.#swept.add(sessions);
  }

  /** A gauge whose value is read at each scrape. */
  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `spanledger_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  #counter(name: string, help: string, labelNames: readonly string[] = []): TalliedCounter {
    return new TalliedCounter(this.registry, `spanledger_${name}`, help, labelNames);
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name: `spanledger_${name}`, help, buckets, registers: [this.registry] });
  }
}
