import { setTimeout as sleep } from "node:timers/promises";
import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
import type { Ingest } from "../ingest/ingest-port.ts";
import { UnavailableError } from "../ingest/ingest-port.ts";
import type { BusinessEvent, MappedRequest } from "../mapping/business-event.ts";
import { mapRequest } from "../mapping/map-request.ts";
import { defaultMappingLimits, type MappingContext } from "../mapping/mapping-context.ts";
import { measureMapped } from "../mapping/measure-mapped.ts";
import { writeLogRecord, writeLogsRequest, type PlainEvent } from "../mapping/write-log-record.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import type { RowConverter } from "./convert-row.ts";
import { ImportReport } from "./import-report.ts";
import { ImportError } from "./import-error.ts";
import { digestRow } from "./import-position.ts";
import type { RowSource, SourceRow } from "./source-row.ts";

/** Where the events go. */
export interface ImportTarget {
  readonly rules: TenantRules;
  readonly countedAttributes: ReadonlySet<string>;
  readonly serviceName: string | null;
  /** Null: nothing is stored. */
  readonly ingest: Pick<Ingest, "submit"> | null;
  /** Of known events, the places of those that are stored otherwise. */
  readonly findChanged: (events: readonly BusinessEvent[]) => Promise<ReadonlySet<number>>;
}

export interface ImportOptions {
  /** Events at or after this instant are left out, ms since 1970; undefined: none. */
  readonly untilMs?: number | undefined;
  /** Rows that an import before has done. */
  readonly doneRows?: number;
  /** True if the source begins behind them. */
  readonly beginsBehind?: boolean;
  /** Called for all rows up to one, as soon as their events are stored. */
  readonly onDone?: ((rows: number, last: SourceRow | undefined) => void) | undefined;
  /** What the last of the rows that an import before has done has to be, if the source begins before them. */
  readonly doneDigest?: string | undefined;
}

interface PlacedEvent {
  readonly place: number;
  readonly name: string;
  readonly eventId: string;
  readonly record: Buffer;
}

/** Events that are stored in one request, and how far the source is read with them. */
interface Chunk {
  readonly events: PlacedEvent[];
  bytes: number;
  rows: number;
  last: SourceRow | undefined;
}

/** Nanoseconds of later instants do not fit into 63 bits. */
const latestMs = Date.UTC(2262, 0, 1) - 1;
const maxChunkEvents = 2000;
const maxChunkBytes = 1024 * 1024;
/** Chunks that are under way: while one commits, the next ones are made. */
const maxUnderWay = 3;
/** How often a chunk is tried while the database does not take it. */
const maxTries = 60;

const emptyChunk = (): Chunk => ({ events: [], bytes: 0, rows: 0, last: undefined });

/** Reads rows, and stores and counts their events through the same mapping and transactions as live ones. */
export class ImportRun {
  readonly report = new ImportReport();
  readonly #converter: RowConverter;
  readonly #target: ImportTarget;
  readonly #options: ImportOptions;
  #chunk = emptyChunk();
  #underWay: Promise<void>[] = [];

  constructor(converter: RowConverter, target: ImportTarget, options: ImportOptions = {}) {
    this.#converter = converter;
    this.#target = target;
    this.#options = options;
    this.report.rows = options.doneRows ?? 0;
  }

  /**
   * @throws UnavailableError if the database did not take events for long; those before are stored
   */
  async run(source: RowSource): Promise<ImportReport> {
    const { doneRows = 0, beginsBehind = false, doneDigest } = this.#options;
    let left = beginsBehind ? 0 : doneRows;
    try {
      for await (const rows of source.batches) {
        const skipped = Math.min(left, rows.length);
        left -= skipped;
        if (skipped > 0 && left === 0 && digestRow(rows[skipped - 1]!) !== doneDigest) throw otherSource();
        for (const row of skipped === 0 ? rows : rows.slice(skipped)) {
          this.#take(row);
          if (this.#isFull()) await this.#send();
        }
      }
      if (left > 0) throw otherSource();
      await this.#send();
    } finally {
      // A failure is thrown where it is awaited first; the others have to end all the same.
      const settled = await Promise.allSettled(this.#underWay);
      this.#underWay = [];
      const failed = settled.find((each) => each.status === "rejected");
      // oxlint-disable-next-line no-unsafe-finally -- the first failure is what the caller has to know
      if (failed !== undefined) throw failed.reason;
    }
    const { repeated, skipped } = this.#converter.clockChanges;
    this.report.repeatedTimes = repeated;
    this.report.skippedTimes = skipped;
    return this.report;
  }

  #isFull(): boolean {
    const { events, bytes, rows } = this.#chunk;
    return events.length >= maxChunkEvents || bytes >= maxChunkBytes || rows >= maxChunkEvents * 10;
  }

  #take(row: SourceRow): void {
    const { place, fields, problem } = row;
    const { report } = this;
    report.rows++;
    this.#chunk.rows++;
    this.#chunk.last = row;
    if (fields === undefined) return this.#cannotRead(place, problem);
    const { events, problems } = this.#converter.convert(fields);
    for (const each of problems) this.#cannotRead(place, each);
    const { retainedFromMs } = this.#target.rules;
    for (const event of events) {
      if (event.occurredAtMs >= (this.#options.untilMs ?? Infinity)) report.afterCutOver++;
      else if (retainedFromMs !== null && event.occurredAtMs < retainedFromMs) report.tooOld++;
      else this.#add(event, place);
    }
  }

  #cannotRead(place: number, text: string): void {
    this.report.unreadable++;
    this.report.add({ place, text });
  }

  #add(event: PlainEvent, place: number): void {
    // OTLP has no time before 1970, and 0 means none. Its nanoseconds end in 2554; PostgreSQL's partitions end sooner.
    if (event.occurredAtMs <= 0) return this.#cannotRead(place, "its time lies before 1970");
    if (event.occurredAtMs > latestMs) return this.#cannotRead(place, "its time lies after 2261");
    const record = writeLogRecord(event);
    this.#chunk.events.push({ place, name: event.name, eventId: event.eventId, record });
    this.#chunk.bytes += record.length;
  }

  async #send(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = emptyChunk();
    const { rows } = this.report;
    const before = this.#underWay.at(-1);
    const stored = this.#store(chunk);
    // Rows are finished in their order, so the position says exactly which rows are done.
    const done = Promise.all([stored, before]).then(() => this.#options.onDone?.(rows, chunk.last));
    this.#underWay.push(done);
    done.catch(() => {});
    if (this.#underWay.length >= maxUnderWay) await this.#underWay.shift();
  }

  async #store({ events }: Chunk): Promise<void> {
    const { ingest, findChanged } = this.#target;
    if (events.length === 0) return;
    const mapped = this.#map(events);
    this.#count(mapped, events);
    if (ingest === null) {
      this.report.imported += mapped.events.length;
      return;
    }
    const result = await submitUntilTaken(ingest, mapped);
    this.report.imported += result.inserted;
    this.report.known += result.duplicates;
    this.report.rejected += result.refused.length;
    for (const { code, reason } of result.refused) {
      this.report.add({ place: events[0]!.place, text: `or one of the next: ${reason} [${code}]` });
    }
    if (result.duplicates === 0) return;
    const places = new Map(events.map(({ eventId, place }) => [eventId, place]));
    for (const at of await findChanged(mapped.events)) {
      const { eventId, name } = mapped.events[at]!;
      this.report.changed++;
      this.report.add({
        place: places.get(eventId)!,
        text: `${name} is known with another time, name or content, as event ${eventId}`,
      });
    }
  }

  #map(events: readonly PlacedEvent[]): MappedRequest {
    const { rules, countedAttributes, serviceName } = this.#target;
    const { tenantId, retainedFromMs, custom } = rules;
    const context: MappingContext = {
      tenant: { kind: "fixed", tenantId },
      nowMs: Date.now(),
      retainedFromMs: () => retainedFromMs,
      countedAttributes,
      custom: custom?.definitions,
      limits: defaultMappingLimits,
    };
    const records = events.map(({ record }) => record);
    return mapRequest(writeLogsRequest(records, { serviceName, tenantId }), "protobuf", "logs", context);
  }

  #count(mapped: MappedRequest, events: readonly PlacedEvent[]): void {
    const { report } = this;
    const own = this.#target.rules.custom?.definitions.events ?? {};
    for (const { name, invalid } of mapped.events) {
      report.events[name] = (report.events[name] ?? 0) + 1;
      if (!Object.hasOwn(eventCatalogue, name) && !Object.hasOwn(own, name)) report.unknownEvents.add(name);
      for (const [attribute, { code }] of Object.entries(invalid ?? {})) {
        const key = `${name} ${attribute} (${code})`;
        report.leftOut[key] = (report.leftOut[key] ?? 0) + 1;
      }
    }
    report.rejected += mapped.rejected.length;
    report.waiting += mapped.waiting?.length ?? 0;
    if (mapped.rejected.length === 0) return;
    for (const event of events) {
      if (!report.names(event.place)) return;
      const [rejection] = this.#map([event]).rejected;
      if (rejection !== undefined) {
        report.add({ place: event.place, text: `${event.name}: ${rejection.reason} [${rejection.code}]` });
      }
    }
  }
}

const otherSource = (): ImportError =>
  new ImportError(
    "cannot_resume",
    "The source has changed before the row at which the import stopped. Run it without --resume: what is known is not counted again.",
  );

/** Waits if the database is away or busy, and sends again. Events that were stored meanwhile are duplicates then. */
async function submitUntilTaken(ingest: Pick<Ingest, "submit">, mapped: MappedRequest) {
  for (let tries = 1; ; tries++) {
    try {
      return await ingest.submit(mapped, measureMapped(mapped));
    } catch (error) {
      if (!(error instanceof UnavailableError) || tries >= maxTries) throw error;
      await sleep(error.retryAfterSeconds * 1000);
    }
  }
}
