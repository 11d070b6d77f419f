import { periodParameterNames } from "./name-period.ts";
import type { PeriodQuery } from "./report-period.ts";
import { deriveMetric } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { findMetric } from "../metrics/metric-dictionary.ts";
import { noCounters } from "../metrics/metric-definition.ts";
import type { Counters, MetricDefinition } from "../metrics/metric-definition.ts";
import { readPeriod, readTenantToday } from "./read-period.ts";
import type { StatsReader } from "./read-period.ts";
import { readQueryCounters } from "./sql/read-query-counters.ts";

interface QuerySuccess {
  readonly success: number;
  readonly failed: number;
  readonly total: number;
  readonly success_rate: MetricValue;
}

export interface QuerySuccessRates {
  /** First and last business day: of the period, or of all that is recorded (null: no query yet). */
  readonly from: string | null;
  readonly to: string | null;
  readonly as_of: string;
  readonly order: QuerySuccess;
  readonly tracking: QuerySuccess;
}

/**
 * Order and tracking queries of a period; without one, of all that is recorded.
 * @throws RequestError if the query is wrong
 */
export async function readQuerySuccessRates(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  locale: Locale,
): Promise<QuerySuccessRates> {
  if (periodParameterNames.some((name) => query[name] !== undefined)) {
    const reading = await readPeriod(reader, tenantId, query);
    const days = { from: reading.period.startDate, to: reading.period.endDate };
    return ratesOf(reading.counters, days, reading.nowMs, locale);
  }
  const [{ nowMs }, recorded] = await Promise.all([
    readTenantToday(reader, tenantId),
    readQueryCounters(reader.pool, tenantId),
  ]);
  const { from, to, ...sums } = recorded;
  return ratesOf({ ...noCounters, ...sums }, { from, to }, nowMs, locale);
}

function ratesOf(
  counters: Counters,
  days: { readonly from: string | null; readonly to: string | null },
  nowMs: number,
  locale: Locale,
): QuerySuccessRates {
  return {
    ...days,
    as_of: new Date(nowMs).toISOString(),
    order: successOf("order", counters, locale),
    tracking: successOf("tracking", counters, locale),
  };
}

function successOf(query: "order" | "tracking", counters: Counters, locale: Locale): QuerySuccess {
  const rate = findMetric(`${query}_query_success_rate`) as Extract<MetricDefinition, { kind: "ratio" }>;
  const success = Number(counters[`${query}_queries_success`]);
  const failed = Number(counters[`${query}_queries_failed`]);
  return {
    success,
    failed,
    total: success + failed,
    // A rate is not money: the currency is not read.
    success_rate: deriveMetric(rate, counters, locale, "XXX"),
  };
}
