import { randomBytes } from "node:crypto";

/** One event to be: its name and attributes as a product passes them. */
export interface WireEvent {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Milliseconds since 1970; default now. */
  readonly atMs?: number;
}

export interface WireOrigin {
  /** Resource attributes. */
  readonly resource?: Readonly<Record<string, string>>;
  /** Name of the instrumentation scope. */
  readonly scope?: string;
}

/** An OTLP/JSON trace request with one span per event. */
export function tracesWith(events: readonly WireEvent[], { resource, scope = "test" }: WireOrigin = {}): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource ?? { "service.name": "test" }) },
        scopeSpans: [
          {
            scope: { name: scope },
            spans: events.map(({ name, attributes, atMs = Date.now() }) => ({
              traceId: randomBytes(16).toString("hex"),
              spanId: randomBytes(8).toString("hex"),
              name,
              kind: 1,
              startTimeUnixNano: `${atMs}000000`,
              endTimeUnixNano: `${atMs}000000`,
              events: [{ name, timeUnixNano: `${atMs}000000`, attributes: attributesOf(attributes) }],
            })),
          },
        ],
      },
    ],
  });
}

/** An OTLP/JSON log request with one log record per event. */
export function logsWith(events: readonly WireEvent[], { resource, scope = "test" }: WireOrigin = {}): string {
  return JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: attributesOf(resource ?? { "service.name": "test" }) },
        scopeLogs: [
          {
            scope: { name: scope },
            logRecords: events.map(({ name, attributes, atMs = Date.now() }) => ({
              timeUnixNano: `${atMs}000000`,
              eventName: name,
              traceId: randomBytes(16).toString("hex"),
              spanId: randomBytes(8).toString("hex"),
              attributes: attributesOf(attributes),
            })),
          },
        ],
      },
    ],
  });
}

function attributesOf(attributes: Readonly<Record<string, string | number | boolean>>) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : typeof value === "boolean"
          ? { boolValue: value }
          : Number.isInteger(value)
            ? { intValue: String(value) }
            : { doubleValue: value },
  }));
}
