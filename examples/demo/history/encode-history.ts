import { randomBytes } from "node:crypto";
import { instrumentationScope, reservedAttributes } from "@spanledger/sdk/event-catalogue";
import type { HistoryEvent } from "./history-event.ts";
import { dayOf } from "./sample-calendar.ts";
import { versionOf } from "./sample-incidents.ts";

type AnyValue = { stringValue: string } | { boolValue: boolean } | { intValue: string } | { doubleValue: number };

/**
 * An OTLP/HTTP JSON trace request that carries each event as our SDK would: one short span with one
 * span event. There is no source and no sequence number: nothing of a history can be lost unseen.
 */
export function encodeHistory(events: readonly HistoryEvent[]): string {
  const byProcess = Map.groupBy(events, (event) => `${event.product} ${versionOf(dayOf(event.occurredAtMs))}`);
  return JSON.stringify({
    resourceSpans: [...byProcess].map(([process, own]) => {
      const [product, version] = process.split(" ") as [string, string];
      return {
        resource: {
          attributes: [
            { key: "service.name", value: encodeValue(product) },
            // The workbench is older, and nothing happens to it.
            { key: "service.version", value: encodeValue(product === "ai-chatbot" ? version : "1.4.0") },
          ],
        },
        scopeSpans: [{ scope: { name: instrumentationScope }, spans: own.map(encodeCarrier) }],
      };
    }),
  });
}

function encodeCarrier(event: HistoryEvent): object {
  // Milliseconds to nanoseconds as text: the number does not fit a double.
  const timeUnixNano = `${event.occurredAtMs}000000`;
  return {
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    name: event.name,
    kind: 1,
    flags: 1,
    startTimeUnixNano: timeUnixNano,
    endTimeUnixNano: timeUnixNano,
    events: [
      {
        timeUnixNano,
        name: event.name,
        attributes: [
          { key: reservedAttributes.eventId, value: { stringValue: event.eventId } },
          ...Object.entries(event.attributes).map(([key, value]) => ({ key, value: encodeValue(value) })),
        ],
      },
    ],
  };
}

function encodeValue(value: string | number | boolean): AnyValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
