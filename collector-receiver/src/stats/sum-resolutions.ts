import type { Pool } from "pg";
import { addDays } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import type { DayRange } from "./report-period.ts";
import { readResolutionDays } from "./sql/read-resolution-days.ts";
import { readResolutions } from "./sql/read-resolutions.ts";
import type { Resolutions } from "./sql/read-resolutions.ts";
import type { InstantRange } from "../metrics/calendar-ranges.ts";

/**
 * AI resolutions of a range of business days, up to `toMs`: the days that were judged once and for all from what is kept
 * of them, the others from their sessions.
 */
export async function sumResolutions(
  pool: Pick<Pool, "query">,
  tenantId: string,
  days: DayRange,
  { calendar, toMs }: { readonly calendar: BusinessCalendar; readonly toMs: number },
): Promise<Resolutions> {
  const kept = await readResolutionDays(pool, tenantId, days);
  const parts: Resolutions[] = [];
  const open: { fromMs: number; toMs: number }[] = [];
  for (let day = days.startDate; day <= days.endDate; day = addDays(day, 1)) {
    const range: InstantRange = { fromMs: calendar.startOfDay(day), toMs: calendar.startOfDay(addDays(day, 1)) };
    if (range.fromMs >= toMs) break;
    const judged = range.toMs <= toMs ? kept.get(day) : undefined;
    if (judged !== undefined) {
      parts.push({ ...judged, pending: 0 });
      continue;
    }
    const last = open.at(-1);
    const endMs = Math.min(range.toMs, toMs);
    // Days that lie side by side are one question.
    if (last?.toMs === range.fromMs) last.toMs = endMs;
    else open.push({ fromMs: range.fromMs, toMs: endMs });
  }
  parts.push(...(await Promise.all(open.map((range) => readResolutions(pool, tenantId, range)))));
  return parts.reduce(add, { judged: 0, durable: 0, pending: 0, unattributed: 0 });
}

function add(sum: Resolutions, part: Resolutions): Resolutions {
  return {
    judged: sum.judged + part.judged,
    durable: sum.durable + part.durable,
    pending: sum.pending + part.pending,
    unattributed: sum.unattributed + part.unattributed,
  };
}
