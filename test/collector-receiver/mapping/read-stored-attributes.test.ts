import fc from "fast-check";
import { expect, test } from "vitest";
import { StoredAttributesReader } from "../../../collector-receiver/src/mapping/read-stored-attributes.ts";

const counted = new Set(["user_id", "reason", "response_time_ms", "success", "größe", 'quo"ted']);

const anyName = fc.oneof(
  fc.constantFrom(...counted, "test", "role", "note"),
  fc.string({ unit: "grapheme", maxLength: 12 }).filter((name) => name !== "__proto__"),
);
const anyNumber = fc.oneof(
  fc.integer(),
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.integer({ min: 0, max: 10_000_000 }).map((value) => value / 1000),
);
const anyData = fc.dictionary(
  anyName,
  fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.string({ unit: "grapheme-ascii", maxLength: 12 }),
    anyNumber,
    fc.boolean(),
    fc.constantFrom(null, [], [1, "a"], {}, { user_id: "inner", test: true }),
  ),
);

/** As PostgreSQL writes jsonb: a blank behind each colon and comma. */
function jsonbText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${jsonbText(member)}`);
  return `{${members.join(", ")}}`;
}

test("the counted attributes of any row are what parsing its data gives; nested values and null are none", () => {
  // One reader for all rows: what it has learnt of one must not show in another.
  const reader = new StoredAttributesReader(counted);
  fc.assert(
    fc.property(anyData, fc.nat({ max: 9 }), (data, before) => {
      const text = Buffer.from(jsonbText(data));
      const bytes = Buffer.concat([Buffer.alloc(before, 0x22), text, Buffer.from("\0\0")]);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const attributes = reader.read(bytes, view, before, before + text.length);
      const expected = Object.entries(data).filter(
        ([name, value]) => counted.has(name) && value !== null && typeof value !== "object",
      );
      expect(attributes).toEqual(Object.fromEntries(expected));
      expect(reader.test).toBe(data["test"] === true);
    }),
    { numRuns: 3000 },
  );
});

test.each(["0", "-0", "7", "1234.50", "0.001", "123456789012345", "1234567890123456", "1e3", "0.1234567890123456789"])(
  "the number %s is what JSON.parse makes of it",
  (number) => {
    const text = Buffer.from(`{"response_time_ms": ${number}}`);
    const view = new DataView(text.buffer, text.byteOffset, text.byteLength);
    const { response_time_ms: read } = new StoredAttributesReader(counted).read(text, view, 0, text.length);
    expect(read).toBe(JSON.parse(number));
  },
);
