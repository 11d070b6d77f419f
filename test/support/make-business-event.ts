import { kindOfMark, type IdKind } from "../../collector-receiver/src/mapping/id-kind.ts";
import { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { timeOfUuidV7 } from "../../collector-receiver/src/bytes/uuid.ts";
import type { CountableEvent, EventSource } from "../../collector-receiver/src/mapping/business-event.ts";

/** What a stored event consists of. */
export interface EventFields extends Omit<CountableEvent, "hasDerivedId"> {
  readonly eventData: Uint8Array;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly serviceName: string | null;
  readonly source: EventSource | null;
  /** That of a marked event with this id and time unless given. */
  readonly idKind?: IdKind;
}

/** An event as mapping would make it of these; its row is written here by other means than mapping's. */
export function makeBusinessEvent(fields: EventFields): BusinessEvent {
  const { tenantId, name, occurredAtMs, serviceName, sessionId, agentId, ticketId, test, attributes, source } = fields;
  const data = Buffer.concat([int16(11), column(Buffer.concat([Buffer.of(1), fields.eventData]))]);
  const id = Buffer.from(fields.eventId.replaceAll("-", ""), "hex");
  const markMs = timeOfUuidV7(new DataView(id.buffer, id.byteOffset, id.length));
  const rows = Buffer.concat([
    data,
    column(id),
    column(int64(BigInt(occurredAtMs - Date.UTC(2000, 0, 1)) * 1000n)),
    text(fields.traceId),
    text(fields.spanId),
    int4(agentId),
    int4(ticketId),
    ...[sessionId, tenantId, name, serviceName].map(text),
  ]);
  const event = new BusinessEvent(
    tenantId,
    name,
    occurredAtMs,
    serviceName,
    fields.idKind ?? kindOfMark(markMs, occurredAtMs),
    {
      agentId,
      ticketId,
      test,
      attributes,
      invalid: [],
      sessionId,
      sourceId: source?.sourceId ?? null,
      eventSeq: source?.seq ?? 0,
      arena: { rows, rowStart: 0, dataEnd: data.length, rowEnd: rows.length },
    },
  );
  if (fields.invalid !== undefined) event.invalid = fields.invalid;
  return event;
}

/** All that an event consists of, as plain values. */
export function fieldsOf(event: BusinessEvent): EventFields {
  const { tenantId, eventId, name, sessionId, agentId, ticketId, occurredAtMs, test, attributes } = event;
  const { eventData, traceId, spanId, serviceName, source, invalid } = event;
  const counted = { tenantId, eventId, name, sessionId, agentId, ticketId, occurredAtMs, test, attributes };
  return { ...counted, eventData, traceId, spanId, serviceName, source, invalid };
}

/** The same event but for what is given. */
export function changeEvent(event: BusinessEvent, change: Partial<EventFields>): BusinessEvent {
  const isSameId = change.eventId === undefined && change.occurredAtMs === undefined;
  return makeBusinessEvent({ ...fieldsOf(event), ...(isSameId ? { idKind: event.idKind } : {}), ...change });
}

function column(bytes: Buffer | null): Buffer {
  return bytes === null ? int32(-1) : Buffer.concat([int32(bytes.length), bytes]);
}

const text = (value: string | null): Buffer => column(value === null ? null : Buffer.from(value));
const int4 = (value: number | null): Buffer => column(value === null ? null : int32(value));

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
