import { periodsOf } from "./business-calendar.ts";
import { businessColumns } from "./counter-columns.ts";
import type { BusinessChange, BusinessPeriodChange } from "./counter-change.ts";

/**
 * Day changes as changes of days, weeks and months, sorted bytewise by key: every writer takes the hot
 * rows in the same order, so that two batches never wait for each other in a circle.
 */
export function foldIntoPeriods(business: Iterable<BusinessChange>): BusinessPeriodChange[] {
  const periods = new Map<string, BusinessPeriodChange>();
  for (const { tenantId, day, amounts } of business) {
    for (const { type, value, start } of periodsOf(day)) {
      const key = `${tenantId}\n${type}\n${value}`;
      let change = periods.get(key);
      if (change === undefined) {
        change = {
          tenantId,
          periodType: type,
          periodValue: value,
          periodStart: start,
          amounts: new Float64Array(businessColumns.length),
        };
        periods.set(key, change);
      }
      const target = change.amounts;
      for (let i = 0; i < amounts.length; i++) target[i] = (target[i] as number) + (amounts[i] as number);
    }
  }
  return [...periods.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
}
