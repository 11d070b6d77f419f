import { addDays, addMonths } from "../../metrics/business-calendar.ts";
import type { HistogramBucket } from "../../metrics/duration-histogram.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { Counters } from "../../metrics/metric-definition.ts";
import { defaultAgentLimit, readAgentsDocument } from "../../stats/agents.ts";
import type { AgentsDocument } from "../../stats/agents.ts";
import { operationsOf } from "../../stats/operations.ts";
import type { OperationsDocument } from "../../stats/operations.ts";
import { readOperations } from "../../stats/read-operations.ts";
import { readPeriod } from "../../stats/read-period.ts";
import type { PeriodReading, StatsReader } from "../../stats/read-period.ts";
import type { DayRange } from "../../metrics/calendar-ranges.ts";
import { checkMonth } from "../../stats/report-period.ts";
import { readCounterSeries } from "../../stats/sql/read-counter-series.ts";
import { readDurationSeries } from "../../stats/sql/read-duration-series.ts";
import { customDocumentOf } from "../../stats/custom-metrics.ts";
import type { CustomDocument } from "../../stats/custom-metrics.ts";
import { readAttributeCounts } from "../../stats/sql/read-attribute-counts.ts";
import type { AttributeCount } from "../../stats/sql/read-attribute-counts.ts";
import { readCompleteness } from "../../stats/sql/read-completeness.ts";
import type { Completeness } from "../../stats/sql/read-completeness.ts";
import { readBranding } from "../../stats/sql/read-branding.ts";
import type { Branding } from "../../stats/sql/read-branding.ts";
import { readNotes, type Note } from "../../stats/sql/read-notes.ts";

/** Months of the small trend beside each figure, this one included. */
export const trendMonths = 6;

/** All that a report of a month is made of, as it is stored. */
export interface ReportMaterial {
  readonly reading: PeriodReading;
  /** `2025-12` */
  readonly month: string;
  /** Counters of its days; a day without a row had none. */
  readonly days: ReadonlyMap<string, Counters>;
  /** Those of the days that the period is compared with. */
  readonly daysBefore: ReadonlyMap<string, Counters>;
  /** Counters of the last months, this one included. */
  readonly months: ReadonlyMap<string, Counters>;
  readonly responseTimes: readonly HistogramBucket[];
  readonly escalationReasons: readonly AttributeCount[];
  readonly agents: AgentsDocument;
  readonly completeness: Completeness;
  /** What the tenant is called. */
  readonly branding: Branding;
  /** What people said about moments of the month. */
  readonly notes: readonly Note[];
  /** Agent time, durable resolutions, durations in working hours, reopening and backlog. */
  readonly operations: OperationsDocument;
  /** Metrics of the product's own, from its `spanledger.config.ts`. */
  readonly custom: CustomDocument;
}

export interface ReportOptions {
  /** Agents that are shown one by one, the rest together; null: all, for files that are data. */
  readonly agentLimit?: number | null;
  /** `previous` (default), `year` or `none`. */
  readonly compare?: string | undefined;
}

/**
 * Reads the material of a month's report, in the current one where none is named.
 * @throws RequestError if `month` is not a month, or `compare` none of the modes
 */
export async function readReport(
  reader: StatsReader,
  tenantId: string,
  month: string | undefined,
  locale: Locale,
  { agentLimit = defaultAgentLimit, compare }: ReportOptions = {},
): Promise<ReportMaterial> {
  if (month !== undefined) checkMonth(month, "month");
  const reading = await readPeriod(reader, tenantId, { month, compare });
  const { period, calendar } = reading;
  const named = period.startDate.slice(0, 7);
  const { pool } = reader;
  const operationsRead = readOperations(reader, tenantId, { month: named, compare });
  const fromMs = calendar.startOfDay(period.startDate);
  const toMs = calendar.startOfDay(addDays(period.endDate, 1));
  const [series, responseTimes, escalationReasons, agents, completeness, branding, notes, operations, custom] =
    await Promise.all([
      readSeries(pool, tenantId, reading, named),
      readDurationSeries(pool, tenantId, "response_time", "month", period),
      readAttributeCounts(pool, tenantId, "session.escalate", "reason", period),
      operationsRead.then((read) => {
        const present = read.agents.map(({ agentId }) => agentId);
        return readAgentsDocument(reader, tenantId, named, locale, { limit: agentLimit, present });
      }),
      readCompleteness(pool, tenantId, fromMs, toMs),
      readBranding(pool, tenantId),
      readNotes(pool, tenantId, fromMs, toMs),
      operationsRead,
      customDocumentOf(reader, tenantId, reading, locale),
    ]);
  const shownAgents = new Set(agents.agents.map(({ agent_id: id }) => id));
  return {
    reading,
    month: named,
    ...series,
    responseTimes: responseTimes.get(named) ?? [],
    escalationReasons,
    agents,
    completeness,
    branding,
    notes,
    operations: await operationsOf(
      operations,
      locale,
      operations.agents.filter(({ agentId }) => shownAgents.has(agentId)),
    ),
    custom,
  };
}

/** Counters over time: by day, of the days that are compared with them, and of the last months. */
async function readSeries(
  pool: StatsReader["pool"],
  tenantId: string,
  { period, comparison }: PeriodReading,
  month: string,
): Promise<Pick<ReportMaterial, "days" | "daysBefore" | "months">> {
  const readDays = ({ startDate, endDate }: DayRange): Promise<Map<string, Counters>> =>
    readCounterSeries(pool, tenantId, { periodType: "day", first: startDate, last: endDate });
  const [days, daysBefore, months] = await Promise.all([
    readDays(period),
    comparison === null ? new Map<string, Counters>() : readDays(comparison.whole),
    readCounterSeries(pool, tenantId, { periodType: "month", first: addMonths(month, 1 - trendMonths), last: month }),
  ]);
  return { days, daysBefore, months };
}
