import { expect, test } from "vitest";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { MalformedOtlpError } from "../../../collector-receiver/src/otlp/malformed-otlp-error.ts";
import { message } from "../mapping/long-elements.ts";
import { context, nowMs } from "../mapping/otlp-messages.ts";

const text = (value: string) => message(0x0a, Buffer.from(value));
const keyOf = (key: string) => message(0x0a, Buffer.from(key));
const attribute = (tag: number, key: string, ...values: Buffer[]) =>
  message(tag, keyOf(key), ...values.map((value) => message(0x12, value)));
const time = Buffer.alloc(9, 0x09);
time.writeBigUInt64LE(BigInt(nowMs) * 1_000_000n, 1);

const scopesWith = (...attributes: Buffer[]) =>
  message(
    0x12,
    message(
      0x12,
      message(0x0a, Buffer.alloc(16, 1)),
      message(0x12, Buffer.alloc(8, 2)),
      message(0x5a, time, message(0x12, Buffer.from("session.start")), ...attributes),
    ),
  );
const eventOf = (...attributes: Buffer[]) => scopesWith(attribute(0x1a, "session_id", text("s")), ...attributes);
const part = (key: string, value: string) => message(0x0a, attribute(0x0a, key, text(value)));
const map = (...fields: Buffer[]) => mapRequest(message(0x0a, ...fields), "protobuf", "traces", context).events;

const tenant = part("spanledger.tenant", "brand-a");
const service = part("service.name", "shop");
const nameless = part("host.name", "h");

test.each([
  ["before its spans", [tenant, service, eventOf()]],
  ["around its spans", [tenant, eventOf(), service]],
  ["behind its spans", [eventOf(), service, nameless, tenant]],
  ["with an empty last part", [tenant, service, message(0x0a), eventOf()]],
])("a resource in parts %s is one resource", (_title, fields) => {
  expect(map(...fields)).toMatchObject([{ tenantId: "brand-a", serviceName: "shop" }]);
});

test("the next resource starts anew", () => {
  const body = Buffer.concat([message(0x0a, tenant, service, eventOf()), message(0x0a, eventOf())]);
  const { events } = mapRequest(body, "protobuf", "traces", context);
  expect(events.map(({ tenantId, serviceName }) => [tenantId, serviceName])).toEqual([
    ["brand-a", "shop"],
    ["default", null],
  ]);
});

test.each([
  ["the last part that is set counts", [text("first"), text("second")], "second"],
  ["an empty part changes nothing", [text("first"), Buffer.alloc(0)], "first"],
  ["a part of unknown fields changes nothing", [text("first"), Buffer.from([0xf8, 0x01, 0x01])], "first"],
  ["an empty first part is not a value", [Buffer.alloc(0), text("second")], "second"],
])("of a value in parts %s", (_title, parts, expected) => {
  const [event] = map(eventOf(attribute(0x1a, "note", ...parts)));
  expect(JSON.parse(Buffer.from(event!.eventData).toString())).toEqual({ session_id: "s", note: expected });
});

test("a body that is refused within a resource leaves nothing of it to the next one", () => {
  const broken = message(0x0a, attribute(0x0a, "spanledger.tenant", text("brand-a")), Buffer.from([0x0a, 0x05, 0x0a]));
  const refused = message(0x0a, broken, eventOf());
  expect(() => mapRequest(refused, "protobuf", "traces", context)).toThrow(MalformedOtlpError);
  expect(map(eventOf())).toMatchObject([{ tenantId: "default", serviceName: null }]);
  expect(map(nameless, eventOf())).toMatchObject([{ tenantId: "default", serviceName: null }]);
});

test("fields of the request itself that are of a later version are passed over, of whatever type", () => {
  const later = Buffer.from([0x15, 1, 2, 3, 4, 0x18, 1]);
  const body = Buffer.concat([later, message(0x0a, tenant, eventOf()), later]);
  expect(mapRequest(body, "protobuf", "traces", context).events).toMatchObject([{ tenantId: "brand-a" }]);
});
