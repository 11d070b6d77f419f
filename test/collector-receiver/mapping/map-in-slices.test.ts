import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { InternTable } from "../../../collector-receiver/src/bytes/intern-table.ts";
import { mapRequest, RequestMapping } from "../../../collector-receiver/src/mapping/map-request.ts";

import type { BusinessEvent, MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { MalformedOtlpError } from "../../../collector-receiver/src/otlp/malformed-otlp-error.ts";
import { fieldsOf } from "../../support/make-business-event.ts";
import {
  anyTraces,
  context,
  encodeJson,
  encodeProtobuf,
  eventOf,
  logsOf,
  nanos,
  nowMs,
  sdkScope,
  spanOf,
  text,
  tracesOf,
  type SpanEvent,
} from "./otlp-messages.ts";

import { longElements, longJson, message as field } from "./long-elements.ts";

type Message = ReturnType<typeof tracesOf>;
type Encoding = "protobuf" | "json";

function encode(message: Message, encoding: Encoding): Buffer {
  return encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message);
}

const comparable = ({ events, ...rest }: MappedRequest) => ({ events: events.map(fieldsOf), ...rest });

function startEvents(prefix: string, count: number): SpanEvent[] {
  return Array.from({ length: count }, (_, i) =>
    eventOf(
      "session.start",
      [text("session_id", `${prefix}-${i}`), text("note", "x".repeat(i % 300))],
      nanos(nowMs - i),
    ),
  );
}

/** "event", or what was wrong with a value that was left out of it. */
const outcomeOf = ({ invalid = {} }: { readonly invalid?: BusinessEvent["invalid"] | undefined }): string =>
  Object.values(invalid)[0]?.code ?? "event";

/** Pauses wherever it may. @returns how often it did */
function* mapWithPauses(mapping: RequestMapping): Generator<undefined, number> {
  let pauses = 0;
  for (; !mapping.run(-Infinity); pauses++) yield;
  return pauses;
}

/** Runs the first, then the second up to its next pause, and so on. */
function interleave(mappings: readonly RequestMapping[]): number[] {
  const runs = mappings.map(mapWithPauses);
  const pauses = runs.map(() => -1);
  while (pauses.includes(-1)) {
    for (const [i, run] of runs.entries()) {
      if (pauses[i]! >= 0) continue;
      const { done, value } = run.next();
      if (done) pauses[i] = value!;
    }
  }
  return pauses;
}

describe.each(["protobuf", "json"] as const)("%s", (encoding) => {
  test("bodies that are mapped in slices, between each other's, give what each gives in one go", () => {
    let pauses = 0;
    fc.assert(
      fc.property(
        fc.array(anyTraces, { minLength: 2, maxLength: 3 }),
        fc.integer({ min: 5, max: 30 }),
        (list, times) => {
          // Long enough for pauses at every level: many resources, and one span with many events.
          const bodies = list.map((message, i) =>
            encode(
              {
                resourceSpans: [
                  ...Array.from({ length: times }, () => message.resourceSpans).flat(),
                  ...tracesOf([
                    spanOf(startEvents(`s${i}`, times * 30)),
                    spanOf([], { spanId: `000000000000000${i + 1}` }),
                  ]).resourceSpans,
                  ...message.resourceSpans,
                ],
              } as Message,
              encoding,
            ),
          );
          const mappings = bodies.map((body) => new RequestMapping(body, encoding, "traces", context));
          pauses += interleave(mappings).reduce((sum, each) => sum + each);
          for (const [i, mapping] of mappings.entries()) {
            expect(comparable(mapping.take())).toEqual(comparable(mapRequest(bodies[i]!, encoding, "traces", context)));
          }
        },
      ),
      { numRuns: 8, endOnFailure: true },
    );
    expect(pauses).toBeGreaterThan(10);
  });

  test("a span's ids are its own for all of its events, whatever is mapped between them", () => {
    const bodies = ["a", "b"].map((letter) =>
      encode(
        tracesOf(
          [
            spanOf(startEvents(letter, 2000), {
              traceId: letter.repeat(32),
              spanId: letter.repeat(16),
              parentSpanId: letter.repeat(16),
            }),
          ],
          sdkScope,
        ),
        encoding,
      ),
    );
    const mappings = bodies.map((body) => new RequestMapping(body, encoding, "traces", context));
    for (const pauses of interleave(mappings)) expect(pauses).toBeGreaterThan(5);
    for (const [i, letter] of ["a", "b"].entries()) {
      const { events } = mappings[i]!.take();
      expect(events.map(({ sessionId }) => sessionId)).toEqual(
        Array.from({ length: 2000 }, (_, n) => `${letter}-${n}`),
      );
      expect(new Set(events.map(({ traceId, spanId }) => `${traceId} ${spanId}`))).toEqual(
        new Set([`${letter.repeat(32)} ${letter.repeat(16)}`]),
      );
    }
  });
});

test.each(longElements)(
  "protobuf: $title are read in pieces, between another body's, and give what they give in one go",
  ({ signal, make, gives }) => {
    const bodies = [4_000_000, 3_000_000].map((bytes) => {
      const item = field(0x12, make(bytes, nowMs));
      const next = field(0x12, make(10, nowMs));
      return field(0x0a, field(0x12, item, next));
    });
    const mappings = bodies.map((body) => new RequestMapping(body, "protobuf", signal, context));
    // A text that is left out of its event is passed over, not read.
    const minPauses = gives === "attribute_too_large" ? 1 : 10;
    for (const pauses of interleave(mappings)) expect(pauses).toBeGreaterThan(minPauses);
    for (const [i, mapping] of mappings.entries()) {
      const result = comparable(mapping.take());
      expect(result).toEqual(comparable(mapRequest(bodies[i]!, "protobuf", signal, context)));
      const outcomes = [...result.rejected.map(({ code }) => code), ...result.events.map(outcomeOf)];
      expect(outcomes.concat(result.ignored > 0 ? "nothing" : [])[0]).toBe(gives);
      for (const { payload, code } of result.rejected) {
        expect(mapRequest(payload, "protobuf", signal, context).rejected).toMatchObject([{ code }]);
      }
    }
  },
);

test.each(longJson)("JSON: $title, read in pieces between another body's, gives what it gives in one go", (long) => {
  const [many, few] = [4_000_000, 10].map((bytes) => Buffer.from(long.make(bytes, nowMs)));
  const signal = many!.includes("resourceLogs") ? "logs" : "traces";
  const bodies = [many!, Buffer.from(long.make(3_000_000, nowMs))];
  const mappings = bodies.map((body) => new RequestMapping(body, "json", signal, context));
  for (const pauses of interleave(mappings)) expect(pauses).toBeGreaterThan(8);
  for (const [i, mapping] of mappings.entries()) {
    const result = comparable(mapping.take());
    expect(result).toEqual(comparable(mapRequest(bodies[i]!, "json", signal, context)));
    const outcomes = [...result.rejected.map(({ code }) => code), ...result.events.map(outcomeOf)];
    expect(outcomes.concat(result.ignored > 0 ? "nothing" : [])[0]).toBe(long.gives);
    if (long.gives === "event")
      expect(result.events).toEqual(comparable(mapRequest(few!, "json", signal, context)).events);
    for (const { payload, code } of result.rejected) {
      expect(mapRequest(payload, "json", signal, context).rejected).toMatchObject([{ code }]);
    }
    // A long value is checked as any other: the same bytes with a fault in the middle are refused.
    const broken = Buffer.from(bodies[i]!);
    broken[broken.length >> 1] = 0x01;
    expect(() => mapRequest(broken, "json", signal, context)).toThrow(MalformedOtlpError);
  }
});

test.each([
  [
    "protobuf",
    "logs",
    encodeProtobuf("logs", logsOf(["", "a", "session.start"].map((eventName) => ({ eventName, attributes: [] })))),
  ],
  [
    "json",
    "logs",
    Buffer.from(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{"eventName":"a"},{"eventName":"session.start"}]}]}]}',
    ),
  ],
  [
    "protobuf",
    "traces",
    encodeProtobuf("traces", tracesOf([spanOf(["", "a", "session.start"].map((name) => eventOf(name, [])))])),
  ],
  [
    "json",
    "traces",
    Buffer.from(
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"events":[{},{"name":"a"},{"name":"session.start"}]}]}]}]}',
    ),
  ],
] as const)("%s, %s: without attributes nothing is ours, so no name is looked up", (encoding, signal, body) => {
  const intern = vi.spyOn(InternTable.prototype, "intern");
  const { ignored } = mapRequest(body, encoding, signal, context);
  expect(ignored).toBe(3);
  expect(intern).not.toHaveBeenCalled();
  intern.mockRestore();
});

test("JSON: events are visited wherever in the span its ids and name stand, and those of all its lists", () => {
  const long = JSON.stringify(startEvents("long", 1500));
  const short = JSON.stringify(startEvents("short", 2));
  const ids = `"traceId":"${"a".repeat(32)}","spanId":"${"b".repeat(16)}","name":"session.start"`;
  const mapped = (members: string) => {
    const body = Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`);
    const mapping = new RequestMapping(body, "json", "traces", context);
    interleave([mapping, new RequestMapping(Buffer.from(body), "json", "traces", context)]);
    return mapping.take().events.map(({ sessionId, traceId }) => [sessionId, traceId]);
  };
  const all = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => [`${prefix}-${i}`, "a".repeat(32)]);
  expect(mapped(`"events":${long},${ids}`)).toEqual(all("long", 1500));
  expect(mapped(`${ids},"events":${long}`)).toEqual(all("long", 1500));
  expect(mapped(`"events":${long},${ids},"events":${short}`)).toEqual([...all("long", 1500), ...all("short", 2)]);
  expect(mapped(`"events":${short},${ids},"events":${long}`)).toEqual([...all("short", 2), ...all("long", 1500)]);
  expect(mapped(`"events":[],"events":${long},${ids},"events":[]`)).toEqual(all("long", 1500));
});

test("an empty text is one object, however often it is looked up", () => {
  const table = new InternTable((own) => ({ bytes: own }));
  const bytes = Buffer.from("bytes");
  expect(table.intern(bytes, 2, 2)).toBe(table.intern(bytes, 4, 4));
});
