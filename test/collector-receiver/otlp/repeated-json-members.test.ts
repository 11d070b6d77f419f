import fc from "fast-check";
import { expect, test } from "vitest";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { fieldsOf } from "../../support/make-business-event.ts";
import { anyTraces, context, eventOf, nanos, nowMs, spanOf, text, tracesOf } from "../mapping/otlp-messages.ts";

/** Values that a member may have before its last one: of any kind, some of which OTLP does not allow there. */
const junk = [
  '{"stringValue":"junk"}',
  '{"intValue":7}',
  '{"intValue":1.5}',
  '{"arrayValue":{"values":[{"boolValue":true},{"intValue":"x"}]}}',
  '{"kvlistValue":{"values":[{"key":"junk","value":{"arrayValue":{"values":[{}]}}}]}}',
  "[1]",
  "{}",
];
const junkMembers = ['"stringValue":"junk"', '"intValue":true', '"arrayValue":{"values":[{"intValue":1}]}'];
const valueKind = /^(?:string|bool|int|double|array|kvlist|bytes)Value$/;

/** Writes JSON; `choose(n)` below n says whether and how a member is written twice, or in another order. */
function writeWithRepeats(value: unknown, choose: (n: number) => number): string {
  if (Array.isArray(value)) return `[${value.map((one) => writeWithRepeats(one, choose)).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value);
  const isAttribute = "key" in value;
  if (isAttribute && choose(3) === 0) members.reverse();
  const written = members.map(([name, member]) => {
    const last = `${JSON.stringify(name)}:${writeWithRepeats(member, choose)}`;
    if (choose(3) !== 0) return last;
    if (isAttribute && name === "value") return `"value":${junk[choose(junk.length)]},${last}`;
    if (isAttribute && name === "key") return `"key":"junk",${last}`;
    if (name === "values") return `"values":[{"key":"junk","value":{"intValue":1},"stringValue":"junk"}],${last}`;
    return valueKind.test(name) ? `${junkMembers[choose(junkMembers.length)]},${last}` : last;
  });
  return `{${written.join()}}`;
}

const mapJson = (json: string) => {
  const { events, rejected, ignored } = mapRequest(Buffer.from(json), "json", "traces", context);
  return { events: events.map(fieldsOf), rejected: rejected.map(({ code, reason }) => ({ code, reason })), ignored };
};

test("of a member that an attribute has twice the last one counts, at any depth and in any order", () => {
  let repeats = 0;
  let events = 0;
  fc.assert(
    fc.property(anyTraces, fc.array(fc.nat(), { minLength: 20, maxLength: 200 }), (message, choices) => {
      let at = 0;
      const json = writeWithRepeats(message, (n) => choices[at++ % choices.length]! % n);
      const plain = JSON.stringify(message);
      const mapped = mapJson(json);
      expect(mapped).toEqual(mapJson(plain));
      if (json.length !== plain.length) repeats++;
      events += mapped.events.length;
    }),
    { numRuns: 600, endOnFailure: true },
  );
  expect(repeats).toBeGreaterThan(300);
  expect(events).toBeGreaterThan(300);
});

test.each(["\n", "\u0001\u0002", "\t".repeat(200)])(
  "an attribute may be named by control characters alone: %j",
  (name) => {
    const nested = { key: "map", value: { kvlistValue: { values: [{ key: name, value: { intValue: "1" } }] } } };
    const message = tracesOf([
      spanOf([eventOf("session.start", [text("session_id", "s"), text(name, "x"), nested], nanos(nowMs))]),
    ]);
    const [event] = mapRequest(Buffer.from(JSON.stringify(message)), "json", "traces", context).events;
    const data: unknown = JSON.parse(Buffer.from(event!.eventData).toString());
    expect(data).toEqual({ session_id: "s", [name]: "x", map: { [name]: 1 } });
  },
);
