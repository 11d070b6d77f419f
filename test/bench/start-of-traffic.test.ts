import { expect, test } from "vitest";
import { startOfTraffic } from "../../bench/load/start-of-traffic.ts";
import { businessCalendarOf } from "../../collector-receiver/src/metrics/business-calendar.ts";
import { customerSlotsOf } from "../../collector-receiver/src/metrics/customer-days.ts";

const hourMs = 3_600_000;

test("at every hour of two years, the bench's hour of traffic lies within a day on which a customer is one row", () => {
  const { dayOf } = businessCalendarOf("Asia/Shanghai");
  const firstMs = Date.UTC(2026, 0, 1, 0, 30);
  const starts = Array.from({ length: 2 * 366 * 24 }, (_, hour) => {
    const nowMs = firstMs + hour * hourMs;
    return { nowMs, startMs: startOfTraffic(nowMs) };
  });
  const days = starts.map(({ startMs }) => [dayOf(startMs), dayOf(startMs + hourMs - 1)]);
  expect(days.filter(([first, last]) => first !== last || customerSlotsOf(first as string).length > 1)).toEqual([]);
  const ages = starts.map(({ nowMs, startMs }) => (nowMs - startMs) / hourMs);
  expect(Math.min(...ages)).toBe(2);
  expect(Math.max(...ages)).toBeLessThan(5 * 24);
});
