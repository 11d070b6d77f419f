import { AsyncLocalStorage } from "node:async_hooks";
import { context as otelContext, trace, type Context } from "@opentelemetry/api";
import { BusinessEventError } from "./business-event-error.ts";
import type { BusinessEventsOptions } from "./business-events-options.ts";
import { reportProblem, showNotice, writeLastWords } from "./diagnose.ts";
import { controlCounter, controlWord, createControlBlock, type ControlBlock } from "./recording/control-block.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import { planEvent } from "./recording/event-plan.ts";
import { EventQueue } from "./recording/event-queue.ts";
import { readRecord, type EventRecord } from "./recording/event-record.ts";
import { EventWriter, parseUuid, type AttributeBag } from "./recording/event-writer.ts";
import { isTrue, resolveConfig, type ResolvedConfig } from "./resolve-config.ts";
import { openSenderHost } from "./sending/open-sender-host.ts";
import type { SenderHost } from "./sending/sender-host.ts";

/** Options of one call of `recordBusinessEvent`. */
export interface RecordOptions {
  /** When it happened, where that is not now: a Date, or milliseconds since 1970-01-01 UTC. */
  readonly occurredAt?: Date | number;
  /** A UUID as the event's identity, for a caller that may record the same event twice. */
  readonly eventId?: string;
  /** The OpenTelemetry context of the event, where it is not the active one. */
  readonly context?: Context;
}

/** What surrounds a call: attributes of `withBusinessContext`, and the HTTP request. */
export interface Surroundings {
  readonly attributes: AttributeBag | undefined;
  /** Names of the events that were recorded explicitly in this request; see `http-events.ts`. */
  readonly recordedNames: Set<string> | undefined;
}

/** What the pipeline has done so far. */
export interface PipelineStatus {
  readonly state: "not started" | "running" | "stopped" | "disabled";
  readonly sending: "worker" | "in-process" | null;
  /** Events that were given a sequence number. */
  readonly recorded: number;
  /** Acknowledged by the receiver. */
  readonly sent: number;
  /** Dropped because the queue was full. */
  readonly dropped: number;
  /** Refused by the receiver for good. */
  readonly refused: number;
  /** Taken by the receiver but kept apart as rejected. */
  readonly rejected: number;
  /** Neither acknowledged, dropped nor refused yet. */
  readonly pending: number;
  readonly failedAttempts: number;
  /** Highest sequence number that was written to the spool, so that it outlives the process; 0 without a spool. */
  readonly spooledSeq: number;
  /** Highest sequence number of the spool that fsync has reached, so that it outlives a power failure. */
  readonly syncedSeq: number;
  /** Calls with something wrong in them. */
  readonly problems: number;
}

/** Memory that events may occupy while nobody has started the pipeline. */
const maxBytesBeforeStart = 8 * 1024 * 1024;
const noAttributes: AttributeBag = Object.freeze({});
const invalidTraceId = "0".repeat(32);
const invalidSpanId = "0".repeat(16);
/** Latest time that a UUIDv7 can carry, in ms. */
const maxTimeMs = 0xffff_ffff_ffff;

interface Deferred {
  readonly name: string;
  readonly attributes: AttributeBag;
  readonly options: RecordOptions | undefined;
}

/** The one pipeline of a process; `shared-pipeline.ts` gives it to every copy of this package. */
export class Pipeline {
  readonly surroundings = new AsyncLocalStorage<Surroundings>();
  /** Set by a test recorder: it gets every record, and nothing is sent. */
  capture: ((record: EventRecord) => void) | null = null;

  readonly #writer = new EventWriter();
  #queue = new EventQueue(maxBytesBeforeStart);
  #control: ControlBlock = createControlBlock();
  #host: SenderHost | null = null;
  #config: ResolvedConfig | null = null;
  #options: BusinessEventsOptions = {};
  #state: PipelineStatus["state"] = "not started";
  #seq = 0;
  #dropped = 0;
  #problems = 0;
  #writing = false;
  /** Running again only because something was recorded after a shutdown. */
  #resumed = false;
  #deferred: Deferred[] = [];
  #strict = process.env["NODE_ENV"] === "test";
  #disabled = isTrue(process.env["SPANLEDGER_DISABLED"]);

  /** See `recordBusinessEvent`. */
  record(name: string, attributes: AttributeBag | null | undefined, options: RecordOptions | undefined): void {
    if (this.#disabled && this.capture === null) return;
    if (this.#writing) {
      // A getter or `toJSON` of an attribute records an event of its own: after this one.
      this.#deferred.push({ name, attributes: copySafely(attributes), options });
      return;
    }
    this.#writing = true;
    try {
      this.#recordOne(name, attributes ?? noAttributes, options);
    } catch (error) {
      if (this.#strict && error instanceof BusinessEventError) throw error;
      this.#internalError(error);
    } finally {
      this.#writing = false;
    }
    if (this.#deferred.length > 0) this.#recordDeferred();
  }

  /** Starts sending; a second call while it runs changes nothing. Returns whether it started. */
  start(options: BusinessEventsOptions): boolean {
    if (this.#state === "running" && !this.#resumed) return false;
    let config = resolveConfig(options, process.env);
    this.#strict = options.strict ?? process.env["NODE_ENV"] === "test";
    this.#disabled = config.disabled;
    for (const warning of config.warnings) {
      showNotice({ level: "warn", key: `config:${warning}`, message: warning });
    }
    if (config.disabled) {
      this.#state = "disabled";
      this.#queue.clear();
      return true;
    }
    if (this.#state === "stopped") this.#beginNewSource();
    if (this.#resumed && this.#host !== null && this.#config !== null) {
      // The source goes on, with the events that wait, as the new options say.
      this.#host.close();
      const { sourceId } = this.#config.settings.identity;
      const { settings } = config;
      config = { ...config, settings: { ...settings, identity: { ...settings.identity, sourceId } } };
    }
    this.#resumed = false;
    this.#config = config;
    this.#options = options;
    this.#queue.maxBytes = config.maxQueueBytes;
    this.#state = "running";
    this.#openHost();
    return true;
  }

  /** Resolves true when everything recorded until now is settled, false after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    const host = this.#host;
    if (host === null) return this.#seq === 0 || this.#state === "disabled";
    return this.#await(host, host.flush(this.#seq), timeoutMs);
  }

  /** Sends what waits and the last report, then ends the sender. */
  async shutdown(timeoutMs: number): Promise<boolean> {
    const host = this.#host;
    if (host === null) return true;
    const complete = await this.#await(host, host.finish(), timeoutMs);
    // What was recorded meanwhile, or could not be sent, stays with the sender until the exit.
    if (complete && this.#host === host && this.status().pending === 0) {
      this.#host = null;
      this.#state = "stopped";
      host.close();
    }
    return complete;
  }

  /** From the `exit` event: waits for the worker, at most as long as configured. */
  finishAtExit(): void {
    if (this.#host === null || this.#config === null) return;
    if (this.status().pending > 0 || this.#seq > 0) {
      this.#host.finishAtExit(this.#config.exitWaitMs);
    }
    // What is in the spool, the next process sends.
    const notStored = this.#seq - (this.#control.counters[controlCounter.storedSeq] ?? 0);
    const pending = Math.min(this.status().pending, notStored);
    if (pending === 0) return;
    const { url } = this.#config.settings.target;
    writeLastWords(`the process ended before ${url} had taken ${pending} business events; they are lost`);
  }

  status(): PipelineStatus {
    const { counters } = this.#control;
    const sent = counters[controlCounter.sent] ?? 0;
    const refused = counters[controlCounter.refused] ?? 0;
    return {
      state: this.#state,
      sending: this.#host?.kind ?? null,
      recorded: this.#seq,
      sent,
      dropped: this.#dropped,
      refused,
      rejected: counters[controlCounter.rejected] ?? 0,
      pending: Math.max(0, this.#seq - sent - refused - this.#dropped),
      failedAttempts: counters[controlCounter.failedAttempts] ?? 0,
      spooledSeq: counters[controlCounter.storedSeq] ?? 0,
      syncedSeq: counters[controlCounter.syncedSeq] ?? 0,
      problems: this.#problems,
    };
  }

  #recordOne(name: string, attributes: AttributeBag, options: RecordOptions | undefined): void {
    if (typeof name !== "string" || name === "") {
      const message = `a business event needs a name, not ${describeThrown(name)}`;
      this.#addProblems([new BusinessEventError("invalid_name", "", null, message)]);
      return;
    }
    let timeMs = Date.now();
    let eventId: Uint8Array | undefined;
    let parent = otelContext.active();
    if (options !== undefined) {
      if (options.occurredAt !== undefined) {
        timeMs = this.#readTime(name, options.occurredAt, timeMs);
      }
      if (options.eventId !== undefined) eventId = this.#readEventId(name, options.eventId);
      if (options.context !== undefined) parent = options.context;
    }
    let bag = attributes;
    if (typeof attributes !== "object") {
      const message = `business event ${name}: attributes have to be an object`;
      this.#addProblems([new BusinessEventError("invalid_attributes", name, null, message)]);
      bag = noAttributes;
    }
    const plan = planEvent(name);
    const around = this.surroundings.getStore();
    const spanContext = trace.getSpanContext(parent);
    let traceId: string | undefined;
    let parentSpanId = "";
    if (
      spanContext !== undefined &&
      spanContext.traceId.length === 32 &&
      spanContext.spanId.length === 16 &&
      spanContext.traceId !== invalidTraceId &&
      spanContext.spanId !== invalidSpanId
    ) {
      traceId = spanContext.traceId;
      parentSpanId = spanContext.spanId;
    }
    const remote = spanContext?.isRemote === true;
    const seq = this.#seq + 1;
    let chunk = this.#queue.current ?? this.#openChunk();
    let end = -1;
    for (let attempt = 0; chunk !== null && attempt < 2; attempt += 1) {
      const start = this.#queue.position;
      try {
        end = this.#writer.write(
          start,
          plan,
          seq,
          timeMs,
          traceId,
          parentSpanId,
          remote,
          eventId,
          bag,
          around?.attributes,
        );
      } catch (error) {
        // A getter or a proxy threw: what can be read is kept.
        bag = copySafely(bag);
        const message = `business event ${name}: reading its attributes threw ${describeThrown(error)}`;
        this.#addProblems([new BusinessEventError("refused_value", name, null, message)]);
        attempt -= 1;
        continue;
      }
      if (end >= 0) break;
      chunk = this.#openChunk();
    }
    const { problems } = this.#writer;
    if (problems !== null) this.#addProblems(problems);
    around?.recordedNames?.add(name);
    if (this.capture !== null) {
      if (chunk !== null) this.capture(readRecord(chunk.bytes, chunk.view, this.#queue.position));
      return;
    }
    this.#seq = seq;
    this.#control.counters[controlCounter.lastSeq] = seq;
    if (chunk === null || end < 0) {
      this.#drop();
      return;
    }
    this.#queue.commit(chunk, end);
    if (Atomics.load(this.#control.words, controlWord.asleep) === 1 && this.#host !== null) {
      Atomics.store(this.#control.words, controlWord.asleep, 0);
      this.#host.wake();
    } else if (this.#state === "stopped") {
      this.#resumed = true;
      this.#openHost();
    }
  }

  #openChunk(): ReturnType<EventQueue["advance"]> {
    const chunk = this.#queue.advance();
    if (chunk !== null) this.#writer.aim(chunk.bytes, chunk.view);
    return chunk;
  }

  #drop(): void {
    this.#dropped += 1;
    this.#control.counters[controlCounter.dropped] = this.#dropped;
    showNotice({
      level: "error",
      key: "queue-full",
      message: "the queue of business events is full: the newest are dropped, counted, and reported to the receiver",
    });
  }

  #recordDeferred(): void {
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const { name, attributes, options } of deferred) this.record(name, attributes, options);
  }

  #addProblems(problems: readonly BusinessEventError[]): void {
    this.#problems += 1;
    for (const problem of problems) {
      // A cut value is no mistake of the caller.
      if (this.#strict && problem.code !== "value_cut") throw problem;
      reportProblem(problem);
    }
  }

  #readTime(name: string, occurredAt: Date | number, now: number): number {
    const ms = Math.floor(Number(occurredAt));
    if (ms >= 0 && ms <= maxTimeMs) return ms;
    const message =
      `business event ${name}: occurredAt has to be a Date or milliseconds since 1970, not ` +
      `${describeThrown(occurredAt)}; the time of the call is used`;
    this.#addProblems([new BusinessEventError("invalid_option", name, "occurredAt", message)]);
    return now;
  }

  #readEventId(name: string, eventId: string): Uint8Array | undefined {
    const bytes = typeof eventId === "string" ? parseUuid(eventId) : undefined;
    if (bytes !== undefined) return bytes;
    const message =
      `business event ${name}: eventId has to be a UUID, not "${describeThrown(eventId)}"; ` + "one is made";
    this.#addProblems([new BusinessEventError("invalid_option", name, "eventId", message)]);
    return undefined;
  }

  #internalError(error: unknown): void {
    const message = `a business event could not be recorded: ${describeThrown(error)}`;
    showNotice({ level: "error", key: message, message });
  }

  /** After a shutdown and a second start: another source, counted from 1. */
  #beginNewSource(): void {
    this.#queue = new EventQueue(maxBytesBeforeStart);
    this.#control = createControlBlock();
    this.#seq = 0;
    this.#dropped = 0;
  }

  #openHost(): void {
    if (this.#config === null) return;
    const host = openSenderHost(this.#config, this.#options, this.#control, (reason) => {
      this.#replaceHost(reason);
    });
    this.#host = host;
    this.#state = "running";
    for (const memory of this.#queue.unreleased) host.addChunk(memory);
    this.#queue.onChunk = (memory) => host.addChunk(memory);
  }

  /** The worker died: another sender starts with the same chunks, and the same ids. */
  #replaceHost(reason: string): void {
    showNotice({
      level: "error",
      key: `worker:${reason}`,
      message: `the worker that sends business events died (${reason}); sending goes on in this thread`,
    });
    this.#options = { ...this.#options, inProcess: true };
    this.#openHost();
  }

  async #await(host: SenderHost, work: Promise<void>, timeoutMs: number): Promise<boolean> {
    host.hold(true);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await Promise.race([
        work.then(() => true),
        new Promise<false>((resolve) => {
          timer = setTimeout(() => resolve(false), timeoutMs);
        }),
      ]);
    } finally {
      clearTimeout(timer);
      host.hold(false);
    }
  }
}

/** A copy of what can be read of the attributes; never throws. */
function copySafely(attributes: AttributeBag | null | undefined): AttributeBag {
  const copy: Record<string, unknown> = {};
  if (typeof attributes !== "object" || attributes === null) return copy;
  let keys: string[] = [];
  try {
    keys = Object.keys(attributes);
  } catch {
    return copy;
  }
  for (const key of keys) {
    try {
      copy[key] = attributes[key];
    } catch {
      // This one cannot be read; the others can.
    }
  }
  return copy;
}
