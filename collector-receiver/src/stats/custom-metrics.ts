import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { addDays } from "../metrics/business-calendar.ts";
import { noGroup } from "../metrics/custom-counting.ts";
import { ownMetricsOf } from "../metrics/custom-metrics.ts";
import type { OwnMetric } from "../metrics/custom-metrics.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { compareCustom, deriveCustom, hasNumbers, isSum } from "./derive-custom.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { spansOf } from "./compared-part.ts";
import { ownGoalMetricOf, ownGoalOf } from "./figure-goal.ts";
import { noSide, sideFrom } from "./compared-metric.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import type { PeriodStatus } from "./period-status.ts";
import { readPeriod } from "./read-period.ts";
import type { PeriodReading, StatsReader } from "./read-period.ts";
import { counterRangeOf, shorten } from "./report-period.ts";
import type { DayRange, PeriodQuery } from "./report-period.ts";
import { readCustomDefinitions } from "./sql/read-custom-definitions.ts";
import { readCustomNumbers } from "./sql/read-custom-numbers.ts";
import type { CustomNumbers, CustomRange } from "./sql/read-custom-numbers.ts";
import { RequestError } from "./request-error.ts";

/** A metric of a product's own over a period, beside the period it is compared with. */
export interface CustomFigure extends ComparedMetric {
  readonly key: string;
  readonly kind: OwnMetric["kind"];
  readonly name: string;
  readonly meaning: string | null;
  readonly formula: string;
  /** The attribute whose values tell the groups apart. */
  readonly group_by: string | null;
  /** In the order of the definition, `other` last. */
  readonly groups: (ComparedMetric & { readonly group: string })[];
  /** Since when it is counted, ISO 8601, if what came before is not counted yet; else null. */
  readonly counted_since: string | null;
}

/** All metrics of a tenant's own over a period. */
export interface CustomDocument extends DocumentHeader {
  /** `2025-12`; null if the period is not a calendar month. */
  readonly month: string | null;
  /** In the order of the file. */
  readonly metrics: CustomFigure[];
}

/**
 * The metrics of a tenant's own over a month or a range of business days.
 * @throws RequestError if the query is wrong
 */
export async function readCustomDocument(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  locale: Locale,
): Promise<CustomDocument> {
  return customDocumentOf(reader, tenantId, await readPeriod(reader, tenantId, query), locale);
}

/** As `readCustomDocument`, of a period that was read already. */
export async function customDocumentOf(
  reader: Pick<StatsReader, "pool">,
  tenantId: string,
  reading: PeriodReading,
  locale: Locale,
): Promise<CustomDocument> {
  const { definitions, pending, definedAtMs } = await readCustomDefinitions(reader.pool, tenantId);
  const { period } = reading;
  const days = reading.compared.over?.days ?? null;
  const ranges = [period, ...(days === null ? [] : [days.now, days.before])].map(customRangeOf);
  const metrics = Object.keys(definitions.metrics);
  const [current = noNumbers, now, before] =
    metrics.length === 0 ? [] : await readCustomNumbers(reader.pool, tenantId, definitions, metrics, ranges);
  const sides = now === undefined || before === undefined ? null : { now, before };
  const figures = ownMetricsOf(definitions).map((metric): CustomFigure => {
    const isPending = readsOf(metric, definitions).some((read) => pending.has(read));
    const since = Math.max(...readsOf(metric, definitions).map((read) => definedAtMs.get(read) ?? 0));
    const compare = (group: string): ComparedMetric => comparedOf(metric, group, current, sides, locale, reading);
    return {
      key: metric.key,
      kind: metric.kind,
      name: ownTextOf(metric.name, locale),
      meaning: metric.meaning && ownTextOf(metric.meaning, locale),
      formula: metric.formula,
      ...compare(noGroup),
      group_by: metric.groupBy,
      groups: metric.groups.map((group) => ({ group, ...compare(group) })),
      counted_since: isPending ? new Date(since).toISOString() : null,
    };
  });
  const status = statusOf(reading, current);
  return { ...documentHeader({ ...reading, status }, locale), month: period.month, metrics: figures };
}

/** A metric of the definitions that the receivers count by, and what a series of it has to read. */
export interface FoundOwnMetric {
  readonly metric: OwnMetric;
  /** Where none was asked for: all together. */
  readonly group: string;
  readonly definitions: CustomDefinitions;
  /** Keys of the metrics that it is computed from. */
  readonly reads: readonly string[];
}

/**
 * A tenant's own metric of that key.
 * @throws RequestError if it has no such group
 */
export async function findOwnMetric(
  pool: StatsReader["pool"],
  tenantId: string,
  key: string,
  group: string | undefined,
): Promise<FoundOwnMetric | undefined> {
  const { definitions } = await readCustomDefinitions(pool, tenantId);
  const metric = ownMetricsOf(definitions).find((own) => own.key === key);
  if (metric === undefined) return undefined;
  if (group !== undefined && !metric.groups.includes(group)) {
    const known = metric.groups.length === 0 ? "it has none" : `it has ${metric.groups.join(", ")}`;
    throw new RequestError(
      "invalid_parameter",
      `group = "${shorten(group)}" is not a group of ${key}; ${known}`,
      "group",
    );
  }
  return { metric, group: group ?? noGroup, definitions, reads: readsOf(metric, definitions) };
}

const noNumbers: CustomNumbers = { terms: new Map(), unknown: new Set(), buckets: new Map() };

/** The counted metrics behind a metric: a ratio's two terms, else the metric itself. */
export function readsOf({ metric }: OwnMetric, { metrics }: CustomDefinitions): string[] {
  const definition = metrics[metric];
  return definition?.kind === "ratio" ? [definition.numerator, definition.denominator] : [metric];
}

/** A range as own metrics are read over it. */
export function customRangeOf(range: DayRange): CustomRange {
  const { periodType, first, last } = counterRangeOf(range);
  const row = first === last ? { periodType, periodValue: first } : null;
  return { startDate: range.startDate, endDate: range.endDate, row };
}

function comparedOf(
  metric: OwnMetric,
  group: string,
  numbers: CustomNumbers,
  sides: { readonly now: CustomNumbers; readonly before: CustomNumbers } | null,
  locale: Locale,
  reading: PeriodReading,
): ComparedMetric {
  const { tenant, comparison, compared } = reading;
  const valueOf = (of: CustomNumbers): MetricValue => deriveCustom(metric, group, of, locale, tenant.currency);
  const current = valueOf(numbers);
  const notAdditive = numbers.unknown.size > 0 && metric.kind !== "duration" && current.numerator === null;
  const spans = spansOf({ cohort: "event_time" }, compared.over?.days ?? null);
  const because =
    comparison === null
      ? "not_asked"
      : sides === null
        ? "no_day_yet"
        : metric.kind === "sessions" && spans.nowDays !== spans.beforeDays
          ? "unequal_days"
          : null;
  return {
    ...current,
    compared: sides === null ? noSide : sideFrom(valueOf(sides.now)),
    previous: sides === null ? noSide : sideFrom(valueOf(sides.before)),
    by_day: because === null && isSum(metric, group) && spans.nowDays !== spans.beforeDays,
    change:
      sides === null || because !== null ? null : compareCustom(metric, group, sides.now, sides.before, locale, spans),
    ...(because === null ? {} : { not_compared: because }),
    ...(group === noGroup ? ownGoalOf({ ...metric, ...ownGoalMetricOf(metric) }, current, reading, locale) : {}),
    ...(notAdditive ? { reason: "not_additive" as const } : {}),
  };
}

/** Events count when they occur: once the period is over, only late ones can change it. */
function statusOf({ period, calendar, nowMs }: PeriodReading, now: CustomNumbers): PeriodStatus {
  if (!hasNumbers(now)) return "empty";
  return nowMs < calendar.startOfDay(addDays(period.endDate, 1)) ? "running" : "settled";
}

/** A text in the reader's language. */
export function ownTextOf(text: { readonly en: string; readonly zh: string }, locale: Locale): string {
  return locale === "zh-CN" ? text.zh : text.en;
}
