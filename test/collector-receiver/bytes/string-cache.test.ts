import fc from "fast-check";
import { expect, test } from "vitest";
import { StringCache } from "../../../collector-receiver/src/bytes/string-cache.ts";

/** Finds a text that lies between others, at any place of its memory. */
function find(texts: StringCache, text: string, before: string): { readonly found: string; readonly made: boolean } {
  const start = Buffer.byteLength(before);
  const bytes = Buffer.from(`${before}${text}"}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let made = false;
  const utf8Slice = bytes.utf8Slice.bind(bytes);
  bytes.utf8Slice = (from, to) => {
    made = true;
    return utf8Slice(from, to);
  };
  return { found: texts.find(bytes, view, start, bytes.length - 2), made };
}

test("any text comes back as it is, whatever texts came before it", () => {
  const texts = new StringCache();
  const anyText = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 70 }),
    // Alike in all but a letter or their length.
    fc.string({ unit: fc.constantFrom("a", "b", "\0"), maxLength: 9 }),
    fc.integer({ min: 55, max: 70 }).map((length) => "x".repeat(length)),
  );
  fc.assert(
    fc.property(anyText, fc.string({ maxLength: 5 }), (text, before) => {
      expect(find(texts, text, before).found).toBe(text);
      expect(find(texts, text, "").found).toBe(text);
    }),
    { numRuns: 3000 },
  );
  const many = Array.from({ length: 40_000 }, (_, i) => `s-${i}`);
  expect(many.filter((text) => find(texts, text, ",").found !== text)).toEqual([]);
});

test("a string is made once for the numbered ids of a thousand sessions that take turns", () => {
  const texts = new StringCache();
  const ids = Array.from({ length: 1000 }, (_, i) => `s-20251225-1-${String(i).padStart(7, "0")}`);
  for (const id of ids) find(texts, id, "");
  const again = ids.filter((id) => find(texts, id, "").made);
  // Two ids may share a place: 1,000 among 16,384.
  expect(again.length).toBeLessThan(150);
});
