import { hexDigits } from "../bytes/hex.ts";
import { EventDataArena } from "./event-data-arena.ts";
import { closeChunk, takeChunk } from "./row-chunks.ts";

/** Columns of `analytics_events` in the order in which a row holds them. */
export const eventRowColumns = [
  "event_data",
  "event_id",
  "occurred_at",
  "trace_id",
  "span_id",
  "agent_id",
  "ticket_id",
  "session_id",
  "tenant_id",
  "event_name",
  "service_name",
] as const;

/** Number of columns, length of the first, version of jsonb: in front of the data. */
export const dataAfterStart = 2 + 4 + 1;
/** What follows the data at most: ids and numbers 104, four texts of at most 255 characters. */
const tailBytes = 104 + 4 * (4 + 255 * 4);
const jsonbVersion = 1;
const columnCount = eventRowColumns.length;

/** Places behind the end of the data: id, time and trace id lie at fixed distances. */
export const eventIdAfterData = 4;
export const traceIdAfterData = 4 + 16 + 4 + 8;

const millisecondsTo2000 = Date.UTC(2000, 0, 1);

/** A text as a column of a row. @param text null for SQL's null */
export function textColumn(text: string | null): Buffer {
  if (text === null) return Buffer.of(0xff, 0xff, 0xff, 0xff);
  const bytes = Buffer.from(text);
  const column = Buffer.allocUnsafe(4 + bytes.length);
  column.writeInt32BE(bytes.length);
  column.set(bytes, 4);
  return column;
}

/** What is read of an event beside its data. */
export interface EventRowValues {
  /** 16 bytes. */
  readonly eventId: DataView;
  readonly agentId: number | null;
  readonly ticketId: number | null;
  /** The session id's UTF-8 is `sessionIdView[sessionIdAt, sessionIdEnd)`; -1 if there is none. */
  readonly sessionIdView: DataView;
  readonly sessionIdAt: number;
  readonly sessionIdEnd: number;
}

/** Ids as bytes, and where in them each lies; -1 if the event has none. */
export interface TracePlace {
  readonly idsView: DataView;
  readonly traceIdAt: number;
  readonly spanIdAt: number;
}

/** Columns that are the same for all events of a resource. */
export interface ResourceColumns {
  readonly tenant: Buffer;
  readonly service: Buffer;
}

/**
 * Where an event's whole row is written, once, from the wire's bytes to what COPY sends in binary form
 * (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT): the data while attributes
 * are read, the other columns behind it. An event then needs no buffer, and no text for its ids, which
 * were half of what the garbage collector had to move. The rows of a request lie one after the other.
 */
export class EventRowArena extends EventDataArena {
  /** The row that `takeRow` ended: `rows[rowStart, rowEnd)`, its data up to `dataEnd`. */
  rowStart = 0;
  dataEnd = 0;
  rowEnd = 0;
  #rowsInChunk = 0;

  get rows(): Buffer {
    return this.chunk;
  }

  protected override nextChunk(bytes: number): Buffer {
    closeChunk(this.chunk, this.#rowsInChunk);
    this.#rowsInChunk = 0;
    return takeChunk(bytes);
  }

  override begin(maxBytes: number): void {
    this.beginWithin(maxBytes, dataAfterStart, tailBytes);
  }

  /** Ends the event that was begun. */
  takeRow(
    values: EventRowValues,
    occurredAtMs: number,
    { idsView, traceIdAt, spanIdAt }: TracePlace,
    name: Buffer,
    { tenant, service }: ResourceColumns,
  ): void {
    this.endObject();
    const { view, pos: dataEnd } = this;
    const rowStart = this.start - dataAfterStart;
    view.setInt16(rowStart, columnCount);
    view.setInt32(rowStart + 2, dataEnd - this.start + 1);
    view.setUint8(rowStart + 6, jsonbVersion);
    let pos = writeUuid(view, dataEnd, values.eventId);
    pos = writeTimestamp(view, pos, occurredAtMs);
    pos = writeId(view, pos, idsView, traceIdAt, 16);
    pos = writeId(view, pos, idsView, spanIdAt, 8);
    pos = writeInt4(view, pos, values.agentId);
    pos = writeInt4(view, pos, values.ticketId);
    pos = writeText(view, pos, values.sessionIdView, values.sessionIdAt, values.sessionIdEnd);
    for (const column of [tenant, name, service]) pos = writeColumn(view, pos, column);
    this.rowStart = rowStart;
    this.dataEnd = dataEnd;
    this.rowEnd = this.next = this.pos = pos;
    this.#rowsInChunk++;
  }
}

// Each writes a column at `pos` and returns the place behind it.

function writeColumn(view: DataView, pos: number, column: Buffer): number {
  for (let i = 0; i < column.length; i++) view.setUint8(pos + i, column[i]!);
  return pos + column.length;
}

function writeUuid(view: DataView, pos: number, uuid: DataView): number {
  view.setInt32(pos, 16);
  view.setBigUint64(pos + 4, uuid.getBigUint64(0));
  view.setBigUint64(pos + 12, uuid.getBigUint64(8));
  return pos + 20;
}

/** A `timestamptz`: microseconds since 2000. */
function writeTimestamp(view: DataView, pos: number, ms: number): number {
  const microseconds = (ms - millisecondsTo2000) * 1000;
  const high = Math.floor(microseconds / 0x1_0000_0000);
  view.setInt32(pos, 8);
  view.setInt32(pos + 4, high);
  view.setInt32(pos + 8, (microseconds - high * 0x1_0000_0000) | 0);
  return pos + 12;
}

function writeId(view: DataView, pos: number, ids: DataView, at: number, length: 8 | 16): number {
  if (at < 0) return writeNull(view, pos);
  view.setInt32(pos, length * 2);
  pos += 4;
  for (let i = at; i < at + length; i++) {
    const byte = ids.getUint8(i);
    view.setUint8(pos++, hexDigits[byte >> 4]!);
    view.setUint8(pos++, hexDigits[byte & 15]!);
  }
  return pos;
}

function writeInt4(view: DataView, pos: number, value: number | null): number {
  if (value === null) return writeNull(view, pos);
  view.setInt32(pos, 4);
  view.setInt32(pos + 4, value);
  return pos + 8;
}

function writeText(view: DataView, pos: number, source: DataView, start: number, end: number): number {
  if (start < 0) return writeNull(view, pos);
  view.setInt32(pos, end - start);
  pos += 4;
  const textEnd = pos + end - start;
  let from = start;
  if (end - start >= 4) {
    // The last four overlap those before them.
    for (; from < end - 4; from += 4, pos += 4) view.setInt32(pos, source.getInt32(from));
    view.setInt32(textEnd - 4, source.getInt32(end - 4));
    return textEnd;
  }
  for (; from < end; from++) view.setUint8(pos++, source.getUint8(from));
  return textEnd;
}

function writeNull(view: DataView, pos: number): number {
  view.setInt32(pos, -1);
  return pos + 4;
}
