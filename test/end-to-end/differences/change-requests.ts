import type { anyTraces } from "../../collector-receiver/mapping/otlp-messages.ts";
import type { Arbitrary } from "fast-check";

type Message = typeof anyTraces extends Arbitrary<infer M> ? M : never;

/** The events of spans as log records: named by `EventName`, by an attribute, or with their data in the body. */
export function asLogs({ resourceSpans }: Message) {
  return {
    resourceLogs: resourceSpans.map(({ resource, scopeSpans }) => ({
      resource,
      scopeLogs: scopeSpans.map(({ scope, spans }) => ({
        scope,
        logRecords: spans.flatMap(({ events, traceId, spanId }) =>
          events.map(({ name, timeUnixNano, attributes }, index) => {
            if (index % 3 === 0) return { traceId, spanId, eventName: name, timeUnixNano, attributes };
            if (index % 3 === 1) {
              const named = { key: "event.name", value: { stringValue: name } };
              return { observedTimeUnixNano: timeUnixNano, attributes: [...attributes, named] };
            }
            return { eventName: name, timeUnixNano, attributes: [], body: { kvlistValue: { values: attributes } } };
          }),
        ),
      })),
    })),
  };
}

const values = [
  ...["null", "7", '"x"', "true", "[]", "{}", "-1", "1e21", '"7"', "1.5", '[{"a":1}]', '{"a":1}', '""', '"0x1"'],
  ...["18446744073709551615", '"9223372036854775808"', '"1e3"', '"1.0"', "1.0", "[null]", '"+7"', '".5"', '"inf"'],
];

/** Replaces one member's value of some JSON by another. */
export function replaceValue(json: string, place: number, value: number): string {
  const places = [...json.matchAll(/(?<="):(?=["{[\dtfn-])/g)].map(({ index }) => index + 1);
  if (places.length === 0) return json;
  const start = places[place % places.length]!;
  return json.slice(0, start) + values[value % values.length]! + json.slice(endOfValue(json, start));
}

function endOfValue(json: string, start: number): number {
  // The shortest that is JSON is the value; numbers end before what cannot be part of one.
  const number = /^[-\d.eE+]+/.exec(json.slice(start));
  if (number !== null) return start + number[0].length;
  const [opening] = json.slice(start);
  if (opening !== "{" && opening !== "[" && opening !== '"') return start + (opening === "f" ? 5 : 4);
  let depth = 0;
  for (let at = start; at < json.length; at++) {
    const char = json[at]!;
    if (char === '"') {
      const text = /^"(?:[^"\\]|\\.)*"/.exec(json.slice(at))!;
      at += text[0].length - 1;
    } else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    if (depth === 0) return at + 1;
  }
  return json.length;
}
