import { AsyncLocalStorage } from "node:async_hooks";
import { context as otelContext, trace, type Context, type SpanContext } from "@opentelemetry/api";
import { BusinessEventError } from "../business-event-error.ts";
import { reportProblem, showNotice } from "../diagnose.ts";
import type { Chunk } from "./chunk.ts";
import { controlCounter, controlWord, createControlBlock, type ControlBlock } from "./control-block.ts";
import { copyAttributes, readGiven } from "./copy-attributes.ts";
import { readClock } from "./read-clock.ts";
import { describeThrown } from "./encode-any-value.ts";
import { planEvent } from "./event-plan.ts";
import { EventQueue } from "./event-queue.ts";
import { readRecord, type EventRecord } from "./event-record.ts";
import { EventWriter, type AttributeBag } from "./event-writer.ts";
import { shapeAttributes, type EventShape } from "./event-shape.ts";
import { parseUuid } from "./hex-ids.ts";
import { utf8Bytes } from "./protobuf-bytes.ts";
import { readOccurredAt } from "./read-occurred-at.ts";
import { showValue } from "./show-value.ts";

/** Options of one call of `recordBusinessEvent`. */
export interface RecordOptions {
  /** When it happened, if that is not now: a Date, milliseconds since 1970-01-01 UTC, or ISO 8601 text. */
  readonly occurredAt?: Date | number | string | undefined;
  /** A UUID as the event's identity, for a caller that may record the same event twice. */
  readonly eventId?: string | undefined;
  /** The OpenTelemetry context of the event, if it is not the active one. */
  readonly context?: Context | undefined;
  /** Brand or site of this event, if it is not the one of the start. */
  readonly tenant?: string | undefined;
}

/** What an HTTP request that yields an event has gathered so far; see `http-events.ts`. */
export interface RequestNotes {
  /** Names of the events that were recorded explicitly. */
  readonly recordedNames: Set<string>;
  /** What `withBusinessContext` gave, wherever in the request. */
  attributes: Record<string, unknown>;
}

interface Deferred {
  readonly name: string;
  readonly attributes: AttributeBag;
  readonly options: RecordOptions | null | undefined;
  readonly shape: EventShape | null;
}

/** Memory that events may occupy while nobody has started the pipeline. */
const maxBytesBeforeStart = 8 * 1024 * 1024;
/** Longest tenant, in UTF-16 code units. */
const maxTenantLength = 256;
const noAttributes: AttributeBag = Object.freeze({});
/** The caller's side: takes the events of one process and puts them into memory that the sender reads. */
export class EventRecorder {
  /** Attributes of `withBusinessContext`. */
  readonly surroundings = new AsyncLocalStorage<AttributeBag>();
  /** The HTTP request, apart from the product's context; null while no rule asks for requests. */
  requests: AsyncLocalStorage<RequestNotes | undefined> | null = null;
  /** What is recorded elsewhere, or in a request that began before the rules were there; null when that is long ago. */
  strayNotes: RequestNotes | null = null;
  /** Set by a test recorder: it gets every record, and nothing is sent. */
  capture: ((record: EventRecord) => void) | null = null;
  strict = process.env["NODE_ENV"] === "test";
  disabled = false;
  /** Events are checked, and go nowhere. */
  discards = false;
  queue = new EventQueue(maxBytesBeforeStart);
  control: ControlBlock = createControlBlock();
  /** Nobody reads the memory any more: `onUnseen` hears of each event. */
  unattended = true;
  /** Called behind an event that a sleeping sender, or no sender, will not see by itself. */
  onUnseen: (() => void) | null = null;
  /** What the product asks for each event; null if it asks for nothing. */
  shape: EventShape | null = null;
  /** Called behind each event that was recorded; null if nobody waits for it. */
  onRecorded: (() => void) | null = null;
  /** Called behind an event that found no room in the queue. */
  onDrop: (() => void) | null = null;

  /** The last sequence number that was given out. */
  seq = 0;
  dropped = 0;
  /** Calls with something wrong in them. */
  problems = 0;
  readonly #writer = new EventWriter();
  #writing = false;
  #deferred: Deferred[] = [];

  /** See `recordBusinessEvent`. */
  record(
    name: string,
    attributes: AttributeBag | null | undefined,
    options: RecordOptions | null | undefined,
    shape: EventShape | null = this.shape,
  ): void {
    if (this.disabled && this.capture === null) return;
    if (shape !== null && !shape.isEnabled()) return;
    if (this.#writing) {
      // A getter or `toJSON` of an attribute records an event of its own: after this one.
      this.#deferred.push({ name, attributes: copyAttributes(attributes), options, shape });
      return;
    }
    this.#writing = true;
    const { seq } = this;
    try {
      this.#recordOne(name, attributes ?? noAttributes, options, shape);
    } catch (error) {
      if (this.strict && error instanceof BusinessEventError) throw error;
      const message = `a business event could not be recorded, it is dropped and counted: ${describeThrown(error)}`;
      showNotice({ level: "error", key: message, message, loud: true });
      if (this.seq === seq) this.#skip();
    } finally {
      this.#writing = false;
    }
    if (this.#deferred.length > 0) this.#recordDeferred();
  }

  /** After a shutdown and a second start: another source, counted from 1. */
  beginNewSource(): void {
    this.queue = new EventQueue(this.queue.maxBytes);
    this.control = createControlBlock();
    this.seq = 0;
    this.dropped = 0;
  }

  #recordOne(
    name: string,
    attributes: AttributeBag,
    options: RecordOptions | null | undefined,
    shape: EventShape | null,
  ): void {
    if (typeof name !== "string" || name === "") {
      const message = `a business event needs a name, not ${showValue(name)}`;
      this.#addProblems([new BusinessEventError("invalid_name", "", null, message)]);
      return;
    }
    let timeMs = readClock();
    let eventId: Uint8Array | undefined;
    let parent: unknown;
    let tenant: unknown = shape?.tenant;
    if (options !== undefined && options !== null) {
      // A copy, because a getter may throw: the event is recorded all the same.
      const given = copyAttributes(options);
      const occurredAt = readGiven(given, "occurredAt");
      const ownId = readGiven(given, "eventId");
      tenant = readGiven(given, "tenant") ?? tenant;
      if (occurredAt !== undefined) {
        const time = this.#readTime(name, occurredAt, timeMs);
        if (time === null) {
          this.#skip();
          return;
        }
        timeMs = time;
      }
      if (ownId !== undefined && ownId !== null) eventId = this.#readEventId(name, ownId);
      parent = readGiven(given, "context");
    }
    let bag = attributes;
    if (typeof attributes !== "object") {
      const message = `business event ${name}: attributes have to be an object`;
      this.#addProblems([new BusinessEventError("invalid_attributes", name, null, message)]);
      bag = noAttributes;
    }
    const plan = planEvent(name);
    let around = this.surroundings.getStore();
    if (shape !== null) {
      const shaped = shapeAttributes(shape, name, around, bag);
      if (shaped === null) return;
      if (typeof shaped === "string") {
        const message = `beforeSend failed, the event ${name} is dropped and counted: ${shaped}`;
        showNotice({ level: "error", key: message, message, loud: true });
        this.#skip();
        return;
      }
      bag = shaped;
      around = undefined;
    }
    const tenantBytes = this.#readTenant(name, tenant);
    const span = readSpan(parent);
    const seq = this.seq + 1;
    let chunk = this.queue.current ?? this.#openChunk();
    let end = -1;
    let isCopied = false;
    for (let attempt = 0; chunk !== null && attempt < 2; attempt += 1) {
      try {
        end = this.#writer.write(this.queue.position, plan, seq, timeMs, span, eventId, bag, around, tenantBytes);
      } catch (error) {
        // A copy throws nothing: something else is broken, and would be for ever.
        if (isCopied) throw error;
        // A getter or a proxy threw: what can be read is kept.
        bag = copyAttributes(bag);
        isCopied = true;
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
    if (this.requests !== null) (this.requests.getStore() ?? this.strayNotes)?.recordedNames.add(name);
    if (this.capture !== null || this.discards) {
      if (chunk !== null) this.capture?.(readRecord(chunk.bytes, chunk.view, this.queue.position));
      return;
    }
    this.seq = seq;
    this.control.counters[controlCounter.lastSeq] = seq;
    if (chunk === null || end < 0) {
      this.#drop();
    } else {
      this.queue.commit(chunk, end);
      this.onRecorded?.();
    }
    if (this.unattended || Atomics.load(this.control.words, controlWord.asleep) === 1) this.onUnseen?.();
  }

  /** An event that is dropped before it is written: it has its number, so that the receiver hears of it. */
  #skip(): void {
    if (this.capture !== null || this.discards) return;
    this.seq += 1;
    this.control.counters[controlCounter.lastSeq] = this.seq;
    this.#countDrop();
    if (this.unattended || Atomics.load(this.control.words, controlWord.asleep) === 1) this.onUnseen?.();
  }

  #countDrop(): void {
    this.dropped += 1;
    this.control.counters[controlCounter.dropped] = this.dropped;
  }

  #openChunk(): Chunk | null {
    const chunk = this.queue.advance();
    if (chunk !== null) this.#writer.aim(chunk);
    return chunk;
  }

  #drop(): void {
    this.#countDrop();
    // The sender says it for all threads: this one may be gone before it could.
    if (!this.queue.isCrowded) this.onDrop?.();
  }

  #recordDeferred(): void {
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const { name, attributes, options, shape } of deferred) this.record(name, attributes, options, shape);
  }

  #addProblems(problems: readonly BusinessEventError[]): void {
    this.problems += 1;
    for (const problem of problems) {
      // A cut value is not a mistake of the caller.
      if (this.strict && problem.code !== "value_cut") throw problem;
      reportProblem(problem);
    }
  }

  /** Null if the event must not be recorded at all. */
  #readTime(name: string, occurredAt: unknown, now: number): number | null {
    const read = readOccurredAt(occurredAt);
    if (typeof read === "number") return read;
    const given = `business event ${name}: occurredAt`;
    if (read === "seconds") {
      showNotice({
        level: "error",
        key: `seconds\0${name}`,
        message:
          `${given} is ${showValue(occurredAt)}, which looks like Unix seconds: the event is dropped and ` +
          "counted, because it would be one of January 1970. Pass milliseconds, a Date or ISO 8601 text",
        loud: true,
      });
      return null;
    }
    const message =
      `${given} has to be a valid Date, milliseconds since 1970 or ISO 8601 text, not ${showValue(occurredAt)}; ` +
      "the time of the call is used";
    this.#addProblems([new BusinessEventError("invalid_option", name, "occurredAt", message)]);
    return now;
  }

  #readTenant(name: string, tenant: unknown): Uint8Array | undefined {
    if (tenant === undefined || tenant === null) return undefined;
    if (typeof tenant === "string" && tenant !== "" && tenant.length <= maxTenantLength) return utf8Bytes(tenant);
    const message = `business event ${name}: tenant has to be a short text, not ${showValue(tenant)}; the one of the start is used`;
    this.#addProblems([new BusinessEventError("invalid_option", name, "tenant", message)]);
    return undefined;
  }

  #readEventId(name: string, eventId: unknown): Uint8Array | undefined {
    const bytes = typeof eventId === "string" ? parseUuid(eventId) : undefined;
    if (bytes !== undefined) return bytes;
    const message = `business event ${name}: eventId has to be a UUID, not ${showValue(eventId)}; one is made`;
    this.#addProblems([new BusinessEventError("invalid_option", name, "eventId", message)]);
    return undefined;
  }
}

/** The span of this context, else of the active one; none if neither can be asked. */
function readSpan(parent: unknown): SpanContext | undefined {
  try {
    return trace.getSpanContext((parent as Context | undefined) ?? otelContext.active());
  } catch {
    // Not a context, or one of a context manager that throws.
    return undefined;
  }
}
