import type { BusinessEvent } from "./business-event.ts";
import { NumberText, writeLogRecord, writeLogsRequest, type RecordValue } from "./write-log-record.ts";
import { payloadTypes } from "./write-rejection-payload.ts";

/** A payload as `analytics_rejected_events` keeps it. */
export interface ReplayPayload {
  readonly payload: Uint8Array;
  readonly payloadType: string;
  readonly signal: "logs";
}

/**
 * A complete OTLP request that maps to this very event (without the notes of its invalid values), for one that was mapped
 * well and that PostgreSQL refused.
 */
export function writeReplayPayload(event: BusinessEvent): ReplayPayload {
  const { eventId, name, occurredAtMs, source, traceId, spanId, serviceName, tenantId } = event;
  const attributes = Object.entries(parseExactly(Buffer.from(event.eventData).toString()));
  const record = writeLogRecord({ eventId, name, occurredAtMs, attributes, source, traceId, spanId });
  const payload = writeLogsRequest([record], { serviceName, tenantId });
  return { payload, payloadType: payloadTypes.protobuf, signal: "logs" };
}

/** JSON whose numbers keep their digits. */
function parseExactly(json: string): Record<string, RecordValue> {
  return JSON.parse(json, (_key, value: RecordValue, context?: { source?: string }) =>
    typeof value === "number" ? new NumberText(context?.source ?? String(value)) : value,
  ) as Record<string, RecordValue>;
}
