import { randomBytes } from "node:crypto";

/** An OTLP/JSON trace request that carries business events, one carrier span each. */
export function tracesWith(
  events: readonly { name: string; attributes: Record<string, string | number | boolean>; atMs?: number }[],
  resource: Record<string, string> = { "service.name": "test" },
): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [
          {
            scope: { name: "test" },
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

function attributesOf(attributes: Record<string, string | number | boolean>) {
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
