import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { idKind } from "../../../collector-receiver/src/mapping/id-kind.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import {
  bool,
  context,
  encodeJson,
  encodeProtobuf,
  int,
  logsOf,
  nanos,
  nowMs,
  spanId,
  text,
  traceId,
  type Attribute,
  type LogRecord,
} from "./otlp-messages.ts";

const name = "session.message";
const session = text("session_id", "s-1");
const recordOf = (attributes: Attribute[] = [session], over: Partial<LogRecord> = {}): LogRecord => ({
  timeUnixNano: nanos(nowMs),
  eventName: name,
  attributes,
  ...over,
});
const service = text("service.name", "shop");

/** Log records of resources, in both encodings; what comes of them has to be the same. */
function mapLogs(resources: readonly (readonly [Attribute[], LogRecord[]])[]): BusinessEvent[] {
  const message = {
    resourceLogs: resources.flatMap(([resource, records]) => logsOf(records, "x", resource).resourceLogs),
  };
  const [json, protobuf] = [
    mapRequest(encodeJson(message), "json", "logs", context),
    mapRequest(encodeProtobuf("logs", message), "protobuf", "logs", context),
  ];
  expect([json.rejected, protobuf.rejected]).toEqual([[], []]);
  const known = ({ events }: typeof json) =>
    events.map(({ eventId, earlierId, idKind: kind }) => ({ eventId, earlierId, kind }));
  expect(known(protobuf)).toEqual(known(json));
  return [...json.events];
}
const mapOne = (resource: Attribute[], record = recordOf()) => mapLogs([[resource, [record]]])[0] as BusinessEvent;

/** A UUID version 5 over parts, each behind its length; written here once more. */
function idOver(parts: readonly (string | Buffer)[]): string {
  const sha = createHash("sha1").update(Buffer.from("6ba5c1b67d0a4c7e9b0e6f4d1f1c2a55", "hex"));
  for (const part of parts.map((each) => Buffer.from(each as string))) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    sha.update(length).update(part);
  }
  const hex = sha.digest("hex");
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}
function timeOf(ms: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(ms) * 1_000_000n);
  return time;
}
const members = [',"session_id":"s-1"'];

describe("without trace and span id", () => {
  test("the id is over the service, what tells its processes apart, name, time and attributes; the earlier one is known", () => {
    const plain = mapOne([service]);
    expect(plain.eventId).toBe(idOver(["2", "shop", "", "", "", "", "", name, timeOf(nowMs), ...members]));
    expect(plain.earlierId).toBe(idOver(["", "", "", name, timeOf(nowMs), ...members]));
    expect(plain.idKind).toBe(idKind.ambiguous);
    const full = mapOne([
      text("k8s.pod.uid", "u"),
      text("container.id", "c"),
      int("process.pid", 7),
      text("host.name", "h"),
      text("service.instance.id", "i"),
      service,
    ]);
    expect(full.eventId).toBe(idOver(["2", "shop", "i", "h", "7", "c", "u", name, timeOf(nowMs), ...members]));
    expect(full.earlierId).toBe(idOver(["", "", "i", name, timeOf(nowMs), ...members]));
    expect(full.idKind).toBe(idKind.derived);
  });

  test.each(["service.name", "service.instance.id", "host.name", "process.pid", "container.id", "k8s.pod.uid"])(
    "another %s is another event; an empty one, or one of another type, is none",
    (key) => {
      const others = key === "service.name" ? [] : [service];
      const idWith = (...attributes: Attribute[]) => mapOne([...others, ...attributes]).eventId;
      expect(new Set([idWith(), idWith(text(key, "a")), idWith(text(key, "b"))]).size).toBe(3);
      expect(idWith(text(key, ""))).toBe(idWith());
      expect(idWith(bool(key, true))).toBe(idWith());
      expect(idWith(text(key, "a"), text("deployment.environment.name", "x"))).toBe(idWith(text(key, "a")));
      // The value under another name is another value.
      expect(idWith(text(key, "a"))).not.toBe(idWith(text(key === "host.name" ? "container.id" : "host.name", "a")));
    },
  );

  test.each(["service.instance.id", "host.name", "process.pid", "container.id", "k8s.pod.uid"])(
    "%s as a number tells processes apart, and is the same as its text",
    (key) => {
      const event = mapOne([service, int(key, 4711)]);
      expect(event.eventId).toBe(mapOne([service, text(key, "4711")]).eventId);
      expect(event.eventId).not.toBe(mapOne([service, int(key, 4712)]).eventId);
      expect(event.idKind).toBe(idKind.derived);
      // Receivers before 0.3.0 read texts alone.
      expect(event.earlierId).toBe(mapOne([service]).earlierId);
    },
  );

  test("a retry that a Collector put into one resource with the first attempt, or with other records, is the same event", () => {
    const resource = [service, text("service.instance.id", "a")];
    const [x, y] = [recordOf(), recordOf([session, text("role", "ai")])];
    const apart = mapLogs([
      [resource, [x]],
      [resource, [y]],
      [resource, [x]],
    ]);
    const compacted = mapLogs([[resource.toReversed(), [y, x, x]]]);
    const ids = (events: readonly BusinessEvent[]) => new Set(events.map(({ eventId }) => eventId));
    expect(ids(apart).size).toBe(2);
    expect(ids(compacted)).toEqual(ids(apart));
    expect(new Set(compacted.map(({ earlierId }) => earlierId))).toEqual(
      new Set(apart.map(({ earlierId }) => earlierId)),
    );
  });

  test("log.record.uid alone decides, and is claimed: what else differs does not matter", () => {
    const uid = text("log.record.uid", "01JFXZ4M2W8Q6T9N3B7V5C1D0E");
    const event = mapOne([service], recordOf([session, uid]));
    expect(event.eventId).toBe(idOver([',"log.record.uid":"01JFXZ4M2W8Q6T9N3B7V5C1D0E"']));
    expect(event.idKind).toBe(idKind.foreign);
    const same = mapOne(
      [text("host.name", "h")],
      recordOf([uid, text("session_id", "s-2")], { timeUnixNano: nanos(nowMs - 9) }),
    );
    expect(same.eventId).toBe(event.eventId);
    expect(mapOne([service], recordOf([session, text("log.record.uid", "02")])).eventId).not.toBe(event.eventId);
    expect(mapOne([service], recordOf([session, text("log.record.uid", "")])).idKind).toBe(idKind.ambiguous);
    expect(mapOne([service], recordOf([session, text("log.record.uid.x", "01")])).idKind).toBe(idKind.ambiguous);
  });

  test("eight replicas with a millisecond clock: with an instance id each event is its own, without one a quarter is lost", () => {
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 0x7fffffff) / 0x7fffffff;
    // 100 events a second each, for 10 s.
    const times = Array.from({ length: 8000 }, () => nowMs - Math.floor(random() * 10_000));
    const idsWith = (resourceOf: (replica: number) => Attribute[]) =>
      new Set(
        mapLogs(
          times.map(
            (ms, i) =>
              [resourceOf(i % 8), [recordOf([session, int("n", i >> 3)], { timeUnixNano: nanos(ms) })]] as const,
          ),
        ).map(({ eventId }) => eventId),
      ).size;
    const idsOfSame = (resourceOf: (replica: number) => Attribute[]) =>
      new Set(
        mapLogs(
          times.map((ms, i) => [resourceOf(i % 8), [recordOf([session], { timeUnixNano: nanos(ms) })]] as const),
        ).map(({ eventId }) => eventId),
      ).size;
    expect(idsWith((replica) => [service, text("service.instance.id", `r${replica}`)])).toBe(8000);
    const apart = idsOfSame((replica) => [service, text("k8s.pod.uid", `r${replica}`)]);
    const mixed = idsOfSame(() => [service]);
    // Within a replica two events of one millisecond are one.
    expect(apart).toBeGreaterThan(7500);
    expect(mixed).toBeLessThan(6000);
  });

  test("is the same in any order of attributes, whatever they are", () => {
    const attribute = fc.tuple(
      fc.string({ minLength: 1, maxLength: 8 }),
      fc.string({ maxLength: 8, unit: "grapheme" }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(attribute, { selector: ([key]) => key, maxLength: 6 }), fc.nat(), (pairs, by) => {
        const attributes = pairs
          .filter(([key]) => !/^(session_id|agent_id|ticket_id|user_id|role|test|spanledger.*)$/.test(key))
          .map(([key, value]) => text(`x.${key}`, value));
        const turned = attributes.map((_, i) => attributes[(i + by) % attributes.length]!);
        const resource = [service, text("host.name", "h")];
        const [one, other] = [
          mapOne(resource, recordOf([session, ...attributes])),
          mapOne(resource, recordOf([...turned, session])),
        ];
        expect(other.eventId).toBe(one.eventId);
      }),
      { numRuns: 200 },
    );
  });
});

test("with a trace or span id, derivation 1 stays: the resource does not matter, and equal ones are numbered", () => {
  for (const over of [{ traceId, spanId }, { traceId }, { spanId }]) {
    const first = mapLogs([[[service], [recordOf([session], over), recordOf([session], over)]]]);
    expect(first.map(({ earlierId, idKind: kind }) => [earlierId, kind])).toEqual([
      [undefined, idKind.derived],
      [undefined, idKind.derived],
    ]);
    const ids = ["traceId" in over ? traceId : "", "spanId" in over ? spanId : ""].map((hex) =>
      Buffer.from(hex as string, "hex"),
    );
    expect(first[0]!.eventId).toBe(idOver([...ids, "", name, timeOf(nowMs), ...members]));
    expect(first[1]!.eventId).not.toBe(first[0]!.eventId);
    const other = mapLogs([[[text("service.instance.id", "b")], [recordOf([session], over)]]]);
    expect(other[0]!.eventId).toBe(first[0]!.eventId);
  }
});

test("a rejected record keeps what its id is derived from, so that a replay gives the id of the mended original", () => {
  const resource = [
    service,
    text("host.name", "h"),
    int("process.pid", 7),
    text("container.id", "c"),
    text("k8s.pod.uid", "u"),
  ];
  const late = recordOf([session], { timeUnixNano: nanos(nowMs + 3 * 86_400_000) });
  const message = logsOf([late], "x", resource);
  const later = { ...context, nowMs: nowMs + 5 * 86_400_000 };
  for (const [body, encoding] of [
    [encodeJson(message), "json"],
    [encodeProtobuf("logs", message), "protobuf"],
  ] as const) {
    const [kept] = mapRequest(body, encoding, "logs", context).waiting ?? [];
    const replayed = mapRequest(kept!.payload, encoding, "logs", later);
    expect(replayed.events.map(({ eventId }) => eventId)).toEqual(
      mapRequest(body, encoding, "logs", later).events.map(({ eventId }) => eventId),
    );
    expect(replayed.events[0]!.idKind).toBe(idKind.derived);
  }
});
