import { expect, test } from "vitest";
import { SegmentChanges } from "../../../collector-receiver/src/metrics/segment-changes.ts";
import { parseSegments, segmentsOfStart } from "../../../collector-receiver/src/metrics/session-segments.ts";
import { makeEvent } from "../../support/open-test-ingest.ts";

const letters = (n: number): string => [...String(n)].map((digit) => String.fromCodePoint(97 + Number(digit))).join("");
const start = (serviceName: string, channel?: string) =>
  makeEvent({ name: "session.start", serviceName, attributes: channel === undefined ? {} : { channel } });

test("starts of ever more products and channels each say their own segments, again and again", () => {
  const products = Array.from({ length: 1_200 }, (_, n) => `shop-${letters(n)}`);
  const textsOf = () =>
    products.flatMap((product) => [
      segmentsOfStart(start(product, "Web"), null),
      segmentsOfStart(start(product, "smoke signal"), null),
      segmentsOfStart(start(product), null),
    ]);
  const expected = products.flatMap((product) => [
    `channel=web\nproduct=${product}`,
    `channel=other\nproduct=${product}`,
    `product=${product}`,
  ]);
  expect(textsOf()).toEqual(expected);
  expect(textsOf()).toEqual(expected);
});

test("what sessions change is added up by day and value, and nothing is left of what is taken back", () => {
  const changes = new SegmentChanges();
  const add = (tenantId: string, day: string, segments: string, amount: number) => {
    const amounts = changes.amountsOf(tenantId, day, segments);
    amounts[0] = (amounts[0] as number) + amount;
  };
  add("a", "2025-12-01", "channel=web\nproduct=x", 2);
  add("a", "2025-12-01", "channel=web\nproduct=y", 3);
  add("b", "2025-12-01", "channel=web\nproduct=y", 5);
  add("a", "2025-12-02", "channel=app", 1);
  add("a", "2025-12-02", "channel=app", -1);
  // The product of two conversations is another one now: their channel stays.
  add("a", "2025-12-03", "channel=web\nproduct=x", -1);
  add("a", "2025-12-03", "channel=web\nproduct=y", 1);
  expect(changes.size).toBe(6);
  const found = [...changes.split().values()].map(({ tenantId, day, dimension, value, amounts }) => [
    tenantId,
    day,
    dimension,
    value,
    amounts[0],
  ]);
  expect(found).toEqual([
    ["a", "2025-12-01", "channel", "web", 5],
    ["a", "2025-12-01", "product", "x", 2],
    ["a", "2025-12-01", "product", "y", 3],
    ["b", "2025-12-01", "channel", "web", 5],
    ["b", "2025-12-01", "product", "y", 5],
    ["a", "2025-12-03", "product", "x", -1],
    ["a", "2025-12-03", "product", "y", 1],
  ]);
  expect(parseSegments("channel=web\nproduct=a=b")).toEqual([
    { dimension: "channel", value: "web" },
    { dimension: "product", value: "a=b" },
  ]);
});
