import { addDays, addMonths, daysInMonth } from "../../metrics/business-calendar.ts";
import type { HistogramBucket } from "../../metrics/duration-histogram.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { Segment } from "../../metrics/session-segments.ts";
import { segmentAddress } from "../../stats/segment-query.ts";
import { readCustomDefinitions } from "../../stats/sql/read-custom-definitions.ts";
import type { StoredDefinitions } from "../../stats/sql/read-custom-definitions.ts";
import { readSegmentCounters, readSegments } from "../../stats/sql/read-segment-counters.ts";
import type { CountedSegment } from "../../stats/sql/read-segment-counters.ts";
import { readValueCounts } from "../../stats/sql/read-value-counts.ts";
import type { CountedValue } from "../../stats/sql/read-value-counts.ts";
import type { Counters } from "../../metrics/metric-definition.ts";
import { defaultAgentLimit, readAgentsDocument } from "../../stats/agents.ts";
import type { AgentsDocument } from "../../stats/agents.ts";
import { operationsOf } from "../../stats/operations.ts";
import type { OperationsDocument } from "../../stats/operations.ts";
import { readOperations } from "../../stats/read-operations.ts";
import { readPeriod } from "../../stats/read-period.ts";
import type { PeriodReading, StatsReader } from "../../stats/read-period.ts";
import type { PeriodType } from "../../metrics/business-calendar.ts";
import type { PeriodQuery } from "../../stats/report-period.ts";
import { readCounterSeries } from "../../stats/sql/read-counter-series.ts";
import { readDurations } from "../../stats/sql/read-durations.ts";
import { readFirstDay } from "../../stats/sql/read-started-sessions.ts";
import { readWeekHours } from "../../stats/hours.ts";
import type { WeekHours } from "../../stats/hours.ts";
import { readSteps, stepTypeOf } from "../../stats/read-steps.ts";
import { periodAddress } from "../../stats/name-period.ts";
import type { PeriodAddress } from "../../stats/name-period.ts";
import { customDocumentOf } from "../../stats/custom-metrics.ts";
import type { CustomDocument } from "../../stats/custom-metrics.ts";
import { readAttributeCounts } from "../../stats/sql/read-attribute-counts.ts";
import type { AttributeCount } from "../../stats/sql/read-attribute-counts.ts";
import { readCompleteness } from "../../stats/sql/read-completeness.ts";
import type { Completeness } from "../../stats/sql/read-completeness.ts";
import { readBranding } from "../../stats/sql/read-branding.ts";
import type { Branding } from "../../stats/sql/read-branding.ts";
import { readAnnotations, type Annotation } from "../../stats/sql/read-annotations.ts";

/** Months of the small trend beside each figure, this one included. */
export const trendMonths = 6;

/** All that a report of a period is made of, as it is stored. */
export interface ReportMaterial {
  readonly reading: PeriodReading;
  /** `2025-12`; null if the period is not a calendar month. */
  readonly month: string | null;
  /** What names the period in an address. */
  readonly parameters: PeriodAddress;
  /** First day of all that was ever counted; null: nothing was. */
  readonly firstDay: string | null;
  /** Days, or weeks or months if there are too many days. */
  readonly stepType: PeriodType;
  /** Counters of the steps by their first day; a step without a row had none. */
  readonly steps: ReadonlyMap<string, Counters>;
  /** Those of the period that is compared. */
  readonly stepsBefore: ReadonlyMap<string, Counters>;
  /** Counters of the last months, this one included; of none if the period is not a month. */
  readonly months: ReadonlyMap<string, Counters>;
  /** What happened by weekday and hour. */
  readonly hours: WeekHours;
  readonly responseTimes: readonly HistogramBucket[];
  readonly escalationReasons: readonly AttributeCount[];
  readonly agents: AgentsDocument;
  readonly completeness: Completeness;
  /** The name of the tenant. */
  readonly branding: Branding;
  /** What happened in the period: notes, new versions, changes of settings and rules. */
  readonly annotations: readonly Annotation[];
  /** Agent time, durable resolutions, durations in working hours, reopening and backlog. */
  readonly operations: OperationsDocument;
  /** Metrics of the product's own, from its `spanledger.config.ts`. */
  readonly custom: CustomDocument;
  /** Conversations by dimension, look-ups and tickets by value; none beside a filter. */
  readonly segments: ReportSegments;
}

/** What figures are split by. */
export interface ReportSegments {
  /** For the names of declared dimensions. */
  readonly definitions: StoredDefinitions["definitions"];
  readonly counted: readonly CountedSegment[];
  readonly values: readonly CountedValue[];
}

export interface ReportOptions {
  /** Agents that are shown one by one, the rest together; null: all, for files that are data. */
  readonly agentLimit?: number | null;
  /** Steps are days however many there are, for files that are data. */
  readonly byDay?: boolean;
}

/**
 * Reads the material of a period's report; of the current month if the query names no period.
 * @throws RequestError if the query is wrong
 */
export async function readReport(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  locale: Locale,
  { agentLimit = defaultAgentLimit, byDay = false }: ReportOptions = {},
): Promise<ReportMaterial> {
  const reading = await readPeriod(reader, tenantId, query);
  const { period, calendar } = reading;
  const { pool } = reader;
  const operationsRead = readOperations(reader, tenantId, query);
  const fromMs = calendar.startOfDay(period.startDate);
  const toMs = calendar.startOfDay(addDays(period.endDate, 1));
  const [
    series,
    hours,
    responseTimes,
    escalationReasons,
    agents,
    completeness,
    branding,
    annotations,
    operations,
    custom,
    segments,
  ] = await Promise.all([
    readSeries(pool, tenantId, reading, byDay ? "day" : stepTypeOf(period)),
    readWeekHours(reader, tenantId, reading),
    readDurations(pool, tenantId, ["response_time"], [period]),
    readAttributeCounts(pool, tenantId, "session.escalate", "reason", period),
    operationsRead.then((read) => {
      const present = read.agents.map(({ agentId }) => agentId);
      return readAgentsDocument(reader, tenantId, query, locale, { limit: agentLimit, present });
    }),
    readCompleteness(pool, tenantId, fromMs, toMs),
    readBranding(pool, tenantId),
    readAnnotations(pool, tenantId, fromMs, toMs),
    operationsRead,
    customDocumentOf(reader, tenantId, reading, locale),
    readReportSegments(pool, tenantId, reading),
  ]);
  return {
    reading,
    month: period.month,
    parameters: { ...periodAddress(period), ...segmentAddress(reading.segment) },
    ...series,
    hours,
    responseTimes: responseTimes[0]?.get("response_time") ?? [],
    escalationReasons,
    agents,
    completeness,
    branding,
    annotations,
    operations: await operationsShown(operations, agents, locale),
    custom: reading.segment === null ? custom : { ...custom, metrics: [] },
    segments,
  };
}

/** The figures of operations, and the time of those agents that are shown one by one. */
function operationsShown(
  read: Awaited<ReturnType<typeof readOperations>>,
  { agents }: AgentsDocument,
  locale: Locale,
): Promise<OperationsDocument> {
  const shown = new Set(agents.map(({ agent_id: id }) => id));
  return operationsOf(
    read,
    locale,
    read.agents.filter(({ agentId }) => shown.has(agentId)),
  );
}

async function readReportSegments(
  pool: StatsReader["pool"],
  tenantId: string,
  { segment, period }: PeriodReading,
): Promise<ReportSegments> {
  const [{ definitions }, counted, values] = await Promise.all([
    readCustomDefinitions(pool, tenantId),
    segment === null ? readSegments(pool, tenantId, period) : [],
    segment === null ? readValueCounts(pool, tenantId, period) : [],
  ]);
  return { definitions, counted, values };
}

/** The last months up to `month`. */
async function readMonths(
  pool: StatsReader["pool"],
  tenantId: string,
  month: string,
  segment: Segment | null,
): Promise<ReadonlyMap<string, Counters>> {
  const first = addMonths(month, 1 - trendMonths);
  if (segment === null) return readCounterSeries(pool, tenantId, { periodType: "month", first, last: month });
  const months = Array.from({ length: trendMonths }, (_, i) => addMonths(first, i));
  const ranges = months.map((one) => ({ startDate: `${one}-01`, endDate: `${one}-${daysInMonth(one)}` }));
  const counters = await readSegmentCounters(pool, tenantId, segment, ranges);
  return new Map(months.map((one, place) => [one, counters[place] as Counters]));
}

/** Counters over time: of the period, of the one that is compared with it, and of the last months. */
async function readSeries(
  pool: StatsReader["pool"],
  tenantId: string,
  { period, comparison, segment }: PeriodReading,
  stepType: PeriodType,
): Promise<Pick<ReportMaterial, "firstDay" | "stepType" | "steps" | "stepsBefore" | "months">> {
  const { month } = period;
  const none = new Map<string, Counters>();
  const [firstDay, steps, stepsBefore, months] = await Promise.all([
    readFirstDay(pool, tenantId),
    readSteps(pool, tenantId, period, stepType, segment),
    comparison === null ? none : readSteps(pool, tenantId, comparison.whole, stepType, segment),
    month === null ? none : readMonths(pool, tenantId, month, segment),
  ]);
  return { firstDay, stepType, steps, stepsBefore, months };
}
