/** How a log record is named, and where its data stand: every form gives the same event, in both encodings. */
import { describe, expect, test } from "vitest";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { logRecordForms } from "../../support/log-record-forms.ts";
import {
  context,
  double,
  encodeJson,
  encodeProtobuf,
  logsOf,
  messageTypes,
  nanos,
  nowMs,
  text,
  type LogRecord,
} from "./otlp-messages.ts";
import { message } from "./long-elements.ts";

const id = "0191f000-0000-4000-8000-000000000001";
const data = [text("session_id", "s-1"), text("role", "ai"), double("response_time_ms", 1480)];

describe.each(["json", "protobuf"] as const)("%s", (encoding) => {
  function map(record: LogRecord) {
    const message = logsOf([{ timeUnixNano: nanos(nowMs), ...record }], "another");
    const body = encoding === "json" ? encodeJson(message) : encodeProtobuf("logs", message);
    const { events, rejected, ignored } = mapRequest(body, encoding, "logs", context);
    return { events, rejected: rejected.map(({ code }) => code), ignored };
  }
  function only(record: LogRecord) {
    const { events, rejected, ignored } = map(record);
    expect({ rejected, ignored, events: events.length }).toEqual({ rejected: [], ignored: 0, events: 1 });
    const [event] = events;
    return { event: event!, data: JSON.parse(Buffer.from(event!.eventData).toString("utf8")) as object };
  }
  const reference = () => only({ eventName: "session.message", attributes: data });

  test.each(logRecordForms)("$title", ({ record }) => {
    const { event, data: said } = only(record("session.message", data));
    expect(said).toEqual({ session_id: "s-1", role: "ai", response_time_ms: 1480 });
    expect(event).toMatchObject({ name: "session.message", sessionId: "s-1", occurredAtMs: nowMs });
    // The form is not part of the identity.
    expect(event.eventId).toEqual(reference().event.eventId);
  });

  test.each(logRecordForms)("with a mark, an event outside the catalogue: $title", ({ record }) => {
    const form = record("parcel.lost", data);
    form.attributes.push(text("spanledger.event.id", id));
    const { event, data: said } = only(form);
    expect(said).toEqual({ session_id: "s-1", role: "ai", response_time_ms: 1480 });
    expect(event.name).toBe("parcel.lost");
  });

  test("EventName comes before event.name, and that before otel.event.name; what does not name it is data", () => {
    const older = [text("otel.event.name", "session.end"), text("event.name", "session.start")];
    expect(only({ attributes: [...older, ...data] })).toMatchObject({
      event: { name: "session.start" },
      data: { "otel.event.name": "session.end" },
    });
    expect(only({ eventName: "session.message", attributes: [...older, ...data] })).toMatchObject({
      event: { name: "session.message" },
      data: { "event.name": "session.start", "otel.event.name": "session.end" },
    });
  });

  test("a name that is not a text, or an empty one, leaves the next", () => {
    const attributes = [text("event.name", ""), text("otel.event.name", "session.start"), text("session_id", "s-1")];
    expect(only({ attributes }).event.name).toBe("session.start");
    expect(only({ attributes: [double("event.name", 5), ...attributes.slice(1)] }).event.name).toBe("session.start");
  });

  test("a body beside attributes that have all that is required is not read, nor is one of another kind", () => {
    const values = [text("page", "/"), text("session_id", "other")];
    const beside = only({ eventName: "session.start", attributes: data, body: { kvlistValue: { values } } });
    expect(beside.data).toEqual({ session_id: "s-1", role: "ai", response_time_ms: 1480 });
    const list = { arrayValue: { values: [{ stringValue: "session_id" }] } };
    for (const body of [list, { stringValue: '{"session_id":"s-1"}' }, { kvlistValue: { values: [] } }, {}]) {
      expect(map({ eventName: "session.start", attributes: [], body })).toEqual({
        events: [],
        rejected: [],
        ignored: 1,
      });
    }
  });

  test("an attribute counts before the same one in the body; a bad value in the body is a rejection", () => {
    const values = [text("session_id", "s-body"), text("user_id", "u-body")];
    const body = { kvlistValue: { values } };
    const { event, data: said } = only({ eventName: "session.start", attributes: [text("user_id", "u-1")], body });
    expect(said).toEqual({ session_id: "s-body", user_id: "u-1" });
    expect(event.sessionId).toBe("s-body");
    const bad = { kvlistValue: { values: [text("session_id", "s".repeat(65)), text("role", "ai")] } };
    expect(map({ eventName: "session.message", attributes: [], body: bad }).rejected).toHaveLength(1);
  });

  test("data in both places are one event, as long as the attributes lack something that is required", () => {
    const body = { kvlistValue: { values: data.slice(0, 1) } };
    const { event, data: said } = only({ eventName: "session.message", attributes: data.slice(1), body });
    expect(said).toEqual({ session_id: "s-1", role: "ai", response_time_ms: 1480 });
    expect(event.eventId).toEqual(reference().event.eventId);
  });

  test.each([
    [50, 1],
    [1000, 0],
  ])("behind %i other fields of a body a payload is found %i times: the search has an end", (fields, found) => {
    const values = [text("session_id", "s-1")];
    const record = {
      timeUnixNano: nanos(nowMs),
      eventName: "session.start",
      attributes: [],
      body: { kvlistValue: { values } },
    };
    const others = '"boolValue":true,'.repeat(fields);
    const list = messageTypes.logs.root.lookupType("otlp.AnyValue").encode({ kvlistValue: { values } }).finish();
    const body =
      encoding === "json"
        ? Buffer.from(JSON.stringify(logsOf([record], "another")).replace('"kvlistValue"', `${others}"kvlistValue"`))
        : message(
            0x0a,
            message(
              0x12,
              message(
                0x12,
                Buffer.from([0x09, ...Buffer.from(new BigUint64Array([BigInt(nanos(nowMs))]).buffer)]),
                message(0x62, Buffer.from("session.start")),
                message(0x2a, Buffer.alloc(2 * fields, "\x10\x01"), Buffer.from(list)),
              ),
            ),
          );
    expect(mapRequest(body, encoding, "logs", context).events).toHaveLength(found);
  });

  test("names in the body name nothing", () => {
    const body = { kvlistValue: { values: [text("event.name", "session.start"), ...data] } };
    expect(map({ attributes: [], body })).toEqual({ events: [], rejected: [], ignored: 1 });
  });
});
