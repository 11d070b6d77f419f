import { businessCalendarOf } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import { statusOf } from "./period-status.ts";
import type { PeriodStatus } from "./period-status.ts";
import { counterRangeOf, parsePeriod } from "./report-period.ts";
import type { PeriodQuery, ReportPeriod } from "./report-period.ts";
import { readCounters } from "./sql/read-counters.ts";
import { readTenant } from "./sql/read-tenant.ts";
import type { TenantRow } from "./sql/read-tenant.ts";
import type { StatsContext } from "./stats-options.ts";

/** Where a tenant stands in time. */
export interface TenantToday {
  readonly tenant: TenantRow;
  readonly calendar: BusinessCalendar;
  readonly nowMs: number;
  /** The business day of now. */
  readonly today: string;
}

/** A period, what was counted in it, and what was counted in the one before. */
export interface PeriodReading extends TenantToday {
  readonly period: ReportPeriod;
  readonly status: PeriodStatus;
  readonly counters: Counters;
  readonly before: Counters;
}

export type StatsReader = Pick<StatsContext, "pool" | "now">;

export async function readTenantToday({ pool, now }: StatsReader, tenantId: string): Promise<TenantToday> {
  const tenant = await readTenant(pool, tenantId);
  const calendar = businessCalendarOf(tenant.timezone);
  const nowMs = now();
  return { tenant, calendar, nowMs, today: calendar.dayOf(nowMs) };
}

/**
 * Two round trips, however many events there are: settings first (they say which day it is), then
 * the counters of both periods.
 * @throws RequestError where the query is wrong
 */
export async function readPeriod(reader: StatsReader, tenantId: string, query: PeriodQuery): Promise<PeriodReading> {
  const at = await readTenantToday(reader, tenantId);
  const period = parsePeriod(query, at.today);
  const [counters, before] = (await readCounters(reader.pool, tenantId, [
    counterRangeOf(period),
    counterRangeOf(period.comparedWith),
  ])) as [Counters, Counters];
  const status = statusOf(period, counters, {
    calendar: at.calendar,
    idleTimeoutMs: at.tenant.idleTimeoutMs,
    idleThroughMs: at.tenant.idleThroughMs,
    nowMs: at.nowMs,
  });
  return { ...at, period, status, counters, before };
}
