import { Gauge, Registry } from "prom-client";
import type { LocalText } from "../catalogue/local-text.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import { addDays } from "../metrics/business-calendar.ts";
import { noGroup } from "../metrics/custom-counting.ts";
import { ownMetricsOf } from "../metrics/custom-metrics.ts";
import { deriveMetric, deriveQuantile } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { counterMetrics } from "../metrics/metric-dictionary.ts";
import { quantileMetrics } from "../metrics/quantile-metrics.ts";
import { customRangeOf, ownTextOf } from "./custom-metrics.ts";
import { deriveCustom } from "./derive-custom.ts";
import { isKnown } from "./period-metrics.ts";
import { readTenantToday } from "./read-period.ts";
import type { StatsReader, TenantToday } from "./read-period.ts";
import { counterRangeOf, parsePeriod } from "./report-period.ts";
import type { ReportPeriod } from "./report-period.ts";
import { readCounters } from "./sql/read-counters.ts";
import { readCustomDefinitions } from "./sql/read-custom-definitions.ts";
import { readCustomNumbers } from "./sql/read-custom-numbers.ts";
import { readDurations } from "./sql/read-durations.ts";

/** Names of our gauges begin so; a metric of a product's own has the second prefix. */
const prefix = "spanledger_business_";
const ownPrefix = "spanledger_own_";

type Labels = Readonly<Record<string, string>>;

/** Gauges of one scrape. */
class Scrape {
  readonly registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #tenant: string;
  readonly #locale: Locale;

  constructor(tenant: string, locale: Locale) {
    this.#tenant = tenant;
    this.#locale = locale;
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  }

  helpOf({ name, unit }: { readonly name: LocalText; readonly unit: MetricUnit }): string {
    return `${ownTextOf(name, this.#locale)} (${unit})`;
  }

  /** @param value null: there is no number, and no sample */
  set(name: string, help: string, labels: Labels, value: number | null): void {
    if (value === null) return;
    let gauge = this.#gauges.get(name);
    if (gauge === undefined) {
      const labelNames = ["tenant", ...Object.keys(labels)];
      gauge = new Gauge({ name, help, labelNames, registers: [this.registry] });
      this.#gauges.set(name, gauge);
    }
    gauge.set({ tenant: this.#tenant, ...labels }, value);
  }
}

/** The tenant's business metrics as OpenMetrics text, over the periods that a dashboard asks for. */
export async function scrapeTenant(reader: StatsReader, tenantId: string, locale: Locale): Promise<string> {
  const at = await readTenantToday(reader, tenantId);
  const periods = periodsAt(at.today);
  const scrape = new Scrape(tenantId, locale);
  // Read at once, written in one order: the text depends on the numbers alone.
  const read = await Promise.all([
    readCounted(reader, tenantId, at, periods),
    readQuantiles(reader, tenantId, at, periods),
    readOwn(reader, tenantId, at, periods),
  ]);
  for (const write of read) write(scrape);
  for (const [period, { startDate }] of periods) {
    const start = at.calendar.startOfDay(startDate) / 1000;
    scrape.set(`${prefix}period_start_timestamp_seconds`, "When the period begins", { period }, start);
  }
  scrape.set(`${prefix}as_of_timestamp_seconds`, "When these numbers were read", {}, at.nowMs / 1000);
  return scrape.registry.metrics();
}

/** Writes what was read. */
type Writing = (scrape: Scrape) => void;
type Periods = readonly (readonly [name: string, period: ReportPeriod])[];

function periodsAt(today: string): Periods {
  const month = today.slice(0, 7);
  const monday = addDays(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7));
  const queries: readonly (readonly [string, Parameters<typeof parsePeriod>[0]])[] = [
    ["today", { period: today }],
    ["yesterday", { period: addDays(today, -1) }],
    ["week", { start_date: monday, end_date: addDays(monday, 6) }],
    ["month", { month }],
    ["last_month", { month: addDays(`${month}-01`, -1).slice(0, 7) }],
  ];
  return queries.map(([name, query]) => [name, parsePeriod(query, today)]);
}

async function readCounted(
  { pool }: StatsReader,
  tenantId: string,
  { tenant }: TenantToday,
  periods: Periods,
): Promise<Writing> {
  const ranges = periods.map(([, period]) => counterRangeOf(period));
  const counters = await readCounters(pool, tenantId, ranges);
  return (scrape) => {
    for (const metric of counterMetrics) {
      if (!isKnown({ tenant }, metric)) continue;
      for (const [i, [period]] of periods.entries()) {
        const { value } = deriveMetric(metric, counters[i]!, "en", tenant.currency);
        scrape.set(`${prefix}${metric.key}`, scrape.helpOf(metric), { period }, value);
      }
    }
  };
}

async function readQuantiles(
  { pool }: StatsReader,
  tenantId: string,
  { tenant }: TenantToday,
  periods: Periods,
): Promise<Writing> {
  const metrics = quantileMetrics.filter((metric) => metric.kind === "quantile");
  const histograms = [...new Set(metrics.map(({ histogram }) => histogram))];
  const durations = await readDurations(
    pool,
    tenantId,
    histograms,
    periods.map(([, period]) => period),
  );
  return (scrape) => {
    for (const metric of metrics.filter((each) => isKnown({ tenant }, each))) {
      for (const [i, [period]] of periods.entries()) {
        const { value } = deriveQuantile(metric, durations[i]!.get(metric.histogram) ?? [], "en");
        scrape.set(`${prefix}${metric.key}`, scrape.helpOf(metric), { period }, value);
      }
    }
  };
}

async function readOwn(
  { pool }: StatsReader,
  tenantId: string,
  { tenant }: TenantToday,
  periods: Periods,
): Promise<Writing> {
  const { definitions } = await readCustomDefinitions(pool, tenantId);
  const keys = Object.keys(definitions.metrics);
  if (keys.length === 0) return () => {};
  const ranges = periods.map(([, period]) => customRangeOf(period));
  const numbers = await readCustomNumbers(pool, tenantId, definitions, keys, ranges);
  return (scrape) => {
    for (const metric of ownMetricsOf(definitions)) {
      // A sum over the groups would count twice beside them.
      for (const group of metric.groups.length === 0 ? [noGroup] : metric.groups) {
        for (const [i, [period]] of periods.entries()) {
          const { value } = deriveCustom(metric, group, numbers[i]!, "en", tenant.currency);
          scrape.set(
            `${ownPrefix}${metric.key}`,
            scrape.helpOf(metric),
            { period, group: group === noGroup ? "" : group },
            value,
          );
        }
      }
    }
  };
}
