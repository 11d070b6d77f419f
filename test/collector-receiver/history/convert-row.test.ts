import { expect, test } from "vitest";
import { RowConverter } from "../../../collector-receiver/src/history/convert-row.ts";
import { AttributeTypes } from "../../../collector-receiver/src/history/convert-value.ts";
import { NumberText } from "../../../collector-receiver/src/mapping/write-log-record.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";

const nowMs = Date.parse("2026-01-01T00:00:00Z");
const events = [{ event: "session.start", attributes: { session_id: "chat" } }];
const converter = new RowConverter(
  { source: "desk", key: ["id", "part"], time: "at", events },
  new AttributeTypes(countedAttributes, undefined),
  undefined,
  nowMs,
);
const convert = (id: unknown) => converter.convert({ id, part: 1, at: "2025-12-01T10:00:00Z", chat: "c-1" });

test.each([[{ number: 1 }], [[1, 2]], [Buffer.from("ff", "hex")]])(
  "a key that is %j makes no event: another one would have the same id",
  (id) => {
    expect(convert(id)).toEqual({ events: [], problems: ["id is neither a text nor a number, and it is the key"] });
  },
);

test("a key of texts, numbers and truth values makes an id, the same for a number and its text", () => {
  const ids = [7, "7", new NumberText("12345678901234567"), true].map((id) => convert(id).events[0]?.eventId);
  expect(ids.every((id) => id !== undefined)).toBe(true);
  expect(ids[0]).toBe(ids[1]);
  expect(new Set(ids).size).toBe(3);
});
