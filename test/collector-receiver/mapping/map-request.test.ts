import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BusinessEvent, MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { invalidKey } from "../../../collector-receiver/src/mapping/invalid-values.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { rejectionCodes } from "../../../collector-receiver/src/mapping/rejection-codes.ts";
import { writeReplayPayload } from "../../../collector-receiver/src/mapping/write-replay-payload.ts";
import {
  anyEvent,
  anyTraces,
  context,
  encodeJson,
  encodeProtobuf,
  expectedEventData,
  logsOf,
  nanos,
  nowMs,
  sdkScope,
  spanOf,
  text,
  tracesOf,
  type LogRecord,
  type SpanEvent,
} from "./otlp-messages.ts";
import { fieldsOf, makeBusinessEvent } from "../../support/make-business-event.ts";

/** What does not depend on the encoding. */
function comparable(mapped: MappedRequest) {
  return {
    events: mapped.events.map((event) => ({ ...fieldsOf(event), eventData: Buffer.from(event.eventData).toString() })),
    rejected: mapped.rejected.map(({ tenantId, code, reason, eventName, signal, source }) => ({
      tenantId,
      code,
      reason,
      eventName,
      signal,
      source,
    })),
    sourceReports: mapped.sourceReports,
    rejectedCarriers: mapped.rejectedCarriers,
    ignored: mapped.ignored,
  };
}

const runs = { numRuns: 400 };

describe("mapRequest", () => {
  test("protobuf and JSON of the same message give the same", () => {
    fc.assert(
      fc.property(anyTraces, (message) => {
        const fromProtobuf = mapRequest(encodeProtobuf("traces", message), "protobuf", "traces", context);
        const fromJson = mapRequest(encodeJson(message), "json", "traces", context);
        expect(comparable(fromProtobuf)).toEqual(comparable(fromJson));
      }),
      runs,
    );
  });

  test("attributes read at once and attributes read one by one give the same", () => {
    let plain = 0;
    fc.assert(
      fc.property(anyTraces, (message) => {
        const atOnce = mapRequest(encodeJson(message), "json", "traces", context);
        // White space makes every attribute one that is read by itself.
        const indented = Buffer.from(JSON.stringify(message, null, 1));
        const oneByOne = mapRequest(indented, "json", "traces", context);
        expect(comparable(atOnce)).toEqual(comparable(oneByOne));
        plain += atOnce.events.length;
      }),
      runs,
    );
    expect(plain).toBeGreaterThan(100);
  });

  test("counters read the same of an event and of its stored row", () => {
    let read = 0;
    // Names that repeat: the last of equal names counts, as in jsonb.
    const values = fc.oneof(
      fc.string({ unit: "grapheme-ascii", maxLength: 12 }).map((value) => ({ stringValue: value })),
      fc.constantFrom("", "微信").map((value) => ({ stringValue: value })),
      fc.nat().map((value) => ({ intValue: String(value) })),
      fc.boolean().map((value) => ({ boolValue: value })),
    );
    const repeating = fc.record({
      timeUnixNano: fc.constant(nanos(nowMs)),
      name: fc.constantFrom("acme.custom", "session.escalate", "query.order"),
      attributes: fc
        .array(fc.record({ key: fc.constantFrom("user_id", "reason", "session_id", "success"), value: values }))
        .map((attributes) => [text("spanledger.event.id", "019b54d2-0a50-7000-8000-00000000000a"), ...attributes]),
    });
    fc.assert(
      fc.property(fc.oneof(anyEvent, repeating), fc.boolean(), (event, asLog) => {
        const mapped = asLog
          ? mapRequest(encodeProtobuf("logs", logsOf([asLogRecord(event)])), "protobuf", "logs", context)
          : mapRequest(encodeJson(tracesOf([spanOf([event])])), "json", "traces", context);
        for (const { attributes, eventData } of mapped.events) {
          const row = JSON.parse(Buffer.from(eventData).toString()) as Record<string, unknown>;
          for (const name of context.countedAttributes) {
            const stored = row[name];
            if (typeof stored === "object") continue;
            expect(attributes[name]).toEqual(stored);
            if (stored !== undefined) read++;
          }
        }
      }),
      { numRuns: 1500 },
    );
    expect(read).toBeGreaterThan(200);
  });

  test("the row of an event, as COPY gets it, holds what the event says", () => {
    let rows = 0;
    fc.assert(
      fc.property(anyTraces, anyEvent, (message, event) => {
        const mapped = [
          mapRequest(encodeProtobuf("traces", message), "protobuf", "traces", context),
          mapRequest(encodeJson(message), "json", "traces", context),
          mapRequest(encodeProtobuf("logs", logsOf([asLogRecord(event)])), "protobuf", "logs", context),
          mapRequest(encodeJson(logsOf([{ ...asLogRecord(event), traceId: "", spanId: "" }])), "json", "logs", context),
        ];
        for (const each of mapped.flatMap(({ events }) => events)) {
          const { rows: arena, rowStart, rowEnd } = each;
          const expected = makeBusinessEvent(fieldsOf(each)).rows;
          expect(arena.subarray(rowStart, rowEnd).toString("latin1")).toBe(expected.toString("latin1"));
          rows++;
        }
      }),
      runs,
    );
    expect(rows).toBeGreaterThan(100);
  });

  test("every span event ends up in exactly one place, with the data that was sent", () => {
    fc.assert(
      fc.property(anyTraces, (message) => {
        const mapped = mapRequest(encodeProtobuf("traces", message), "protobuf", "traces", context);
        const sent = message.resourceSpans.flatMap((resource) =>
          resource.scopeSpans.flatMap((scope) => scope.spans.flatMap((span) => span.events)),
        );
        expect(mapped.events.length + mapped.rejected.length + mapped.ignored).toBe(sent.length);
        const remaining = [...sent];
        for (const event of mapped.events) {
          const { [invalidKey]: invalid = {}, ...data } = JSON.parse(Buffer.from(event.eventData).toString());
          const but = (of: Record<string, unknown>): Record<string, unknown> =>
            Object.fromEntries(Object.entries(of).filter(([key]) => !Object.hasOwn(invalid, key)));
          const at = remaining.findIndex(
            (candidate) =>
              candidate.name === event.name &&
              sameJson(but(asStored(expectedEventData(candidate.attributes))), but(data)),
          );
          expect(at, `${event.name} ${JSON.stringify(data)} was never sent`).toBeGreaterThanOrEqual(0);
          remaining.splice(at, 1);
        }
        for (const rejected of mapped.rejected) expect(Object.keys(rejectionCodes)).toContain(rejected.code);
      }),
      runs,
    );
  });

  test("a rejection's payload maps to the same rejection, and nothing else", () => {
    let seen = 0;
    fc.assert(
      fc.property(anyTraces, fc.constantFrom("protobuf" as const, "json" as const), (message, encoding) => {
        const body = encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message);
        for (const rejected of mapRequest(body, encoding, "traces", context).rejected) {
          const again = mapRequest(rejected.payload, encoding, rejected.signal, context);
          expect(again.events).toEqual([]);
          expect(again.rejected).toEqual([rejected]);
          seen++;
        }
      }),
      runs,
    );
    expect(seen).toBeGreaterThan(50);
  });

  test("an event's replay payload maps to that very event", () => {
    fc.assert(
      fc.property(anyTraces, (message) => {
        for (const event of mapRequest(encodeJson(message), "json", "traces", context).events) {
          const replay = writeReplayPayload(event);
          const again = mapRequest(replay.payload, "protobuf", replay.signal, context);
          expect(again.rejected).toEqual([]);
          // The values that were left out are gone, and so are the notes of them.
          expect(again.events.map(withoutNotes)).toEqual([withoutNotes(event)]);
        }
      }),
      runs,
    );
  });

  test("the span form and the log form of a marked event have the same key and data", () => {
    // Marks whose own time lies about a second from the wire's: on either side of what is believed.
    const stamped = fc.tuple(anyEvent, fc.integer({ min: -1200, max: 1200 })).map(([event, offset]): SpanEvent => {
      const hex = (BigInt(event.timeUnixNano) / 1_000_000n + BigInt(offset)).toString(16).padStart(12, "0");
      const id = `${hex.slice(-12, -4)}-${hex.slice(-4)}-7000-8000-000000000001`;
      const others = event.attributes.filter(({ key }) => key !== "spanledger.event.id");
      return { ...event, attributes: [text("spanledger.event.id", id), ...others] };
    });
    fc.assert(
      fc.property(fc.oneof(anyEvent, stamped), (event) => {
        const traces = mapRequest(encodeJson(tracesOf([spanOf([event])])), "json", "traces", context);
        const logs = mapRequest(encodeProtobuf("logs", logsOf([asLogRecord(event)])), "protobuf", "logs", context);
        const isMarked = event.attributes.some(({ key }) => key === "spanledger.event.id");
        if (!isMarked) return;
        expect(comparable(logs).events).toEqual(comparable(traces).events);
        expect(logs.rejected.map(({ code }) => code)).toEqual(traces.rejected.map(({ code }) => code));
      }),
      runs,
    );
  });

  test("the same bytes give the same ids, whatever was mapped in between", () => {
    fc.assert(
      fc.property(anyTraces, anyTraces, (message, other) => {
        const body = encodeProtobuf("traces", message);
        const first = comparable(mapRequest(body, "protobuf", "traces", context));
        mapRequest(encodeProtobuf("traces", other), "protobuf", "traces", context);
        expect(comparable(mapRequest(body, "protobuf", "traces", context))).toEqual(first);
      }),
      runs,
    );
  });

  test("one bad event among good ones hurts itself alone", () => {
    const seen = { events: 0, rejected: 0 };
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 8 }), (events: SpanEvent[]) => {
        const together = mapRequest(encodeJson(tracesOf([spanOf(events)], sdkScope)), "json", "traces", context);
        const marked = events.filter(({ attributes }) => attributes.some(({ key }) => key === "spanledger.event.id"));
        const alone = marked.map((event) =>
          mapRequest(encodeJson(tracesOf([spanOf([event], { name: events[0]!.name })])), "json", "traces", context),
        );
        expect(together.events.map(({ eventId }) => eventId)).toEqual(
          expect.arrayContaining(alone.flatMap((mapped) => mapped.events.map(({ eventId }) => eventId))),
        );
        if (together.events.length === 0) return;
        seen.events += together.events.length;
        seen.rejected += together.rejected.length;
      }),
      runs,
    );
    // Both in the same requests, and often.
    expect(Math.min(seen.events, seen.rejected)).toBeGreaterThan(100);
  });
});

function asLogRecord(event: SpanEvent): LogRecord {
  const { timeUnixNano, name: eventName, attributes } = event;
  const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "00f067aa0ba902b7" };
  return { timeUnixNano, eventName, attributes, ...ids };
}

function withoutNotes(event: BusinessEvent) {
  const { [invalidKey]: _, ...eventData } = JSON.parse(Buffer.from(event.eventData).toString());
  return { ...fieldsOf(event), eventData, invalid: undefined };
}

/** A customer's number is stored as a text, and whatever says that an event is a test as true. */
function asStored(data: Record<string, unknown>): Record<string, unknown> {
  const { user_id: user } = data;
  return Number.isSafeInteger(user) ? { ...data, user_id: String(user) } : data;
}

function sameJson(expected: unknown, actual: unknown): boolean {
  try {
    expect(actual).toEqual(JSON.parse(JSON.stringify(expected)));
    return true;
  } catch {
    return false;
  }
}
