import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { addDays } from "../metrics/business-calendar.ts";
import { noGroup } from "../metrics/custom-counting.ts";
import { ownMetricsOf } from "../metrics/custom-metrics.ts";
import type { OwnMetric } from "../metrics/custom-metrics.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { compareCustom, deriveCustom, hasNumbers } from "./derive-custom.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import type { ComparedMetric } from "./period-metrics.ts";
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
  /** Since when it is counted, ISO 8601, where what came before is not counted yet; else null. */
  readonly counted_since: string | null;
}

/** All metrics of a tenant's own over a period. */
export interface CustomDocument extends DocumentHeader {
  /** `2025-12`; null where the period is no calendar month. */
  readonly month: string | null;
  /** In the order of the file. */
  readonly metrics: CustomFigure[];
}

/**
 * The metrics of a tenant's own over a month or a range of business days.
 * @throws RequestError where the query is wrong
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
  const ranges = [customRangeOf(period), customRangeOf(period.comparedWith)];
  const metrics = Object.keys(definitions.metrics);
  const [now, before] = (
    metrics.length === 0
      ? [noNumbers, noNumbers]
      : await readCustomNumbers(reader.pool, tenantId, definitions, metrics, ranges)
  ) as [CustomNumbers, CustomNumbers];
  const figures = ownMetricsOf(definitions).map((metric): CustomFigure => {
    const isPending = readsOf(metric, definitions).some((read) => pending.has(read));
    const since = Math.max(...readsOf(metric, definitions).map((read) => definedAtMs.get(read) ?? 0));
    const compare = (group: string): ComparedMetric => comparedOf(metric, group, now, before, locale, reading);
    return {
      key: metric.key,
      kind: metric.kind,
      name: textOf(metric.name, locale),
      meaning: metric.meaning && textOf(metric.meaning, locale),
      formula: metric.formula,
      ...compare(noGroup),
      group_by: metric.groupBy,
      groups: metric.groups.map((group) => ({ group, ...compare(group) })),
      counted_since: isPending ? new Date(since).toISOString() : null,
    };
  });
  const status = statusOf(reading, now);
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
 * @throws RequestError where it has no such group
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
    throw new RequestError("invalid_parameter", `group = "${shorten(group)}" is no group of ${key}; ${known}`, "group");
  }
  return { metric, group: group ?? noGroup, definitions, reads: readsOf(metric, definitions) };
}

const noNumbers: CustomNumbers = { terms: new Map(), unknown: new Set(), buckets: new Map() };

/** The counted metrics behind a metric: a ratio's two terms, else the metric itself. */
export function readsOf({ metric }: OwnMetric, { metrics }: CustomDefinitions): string[] {
  const definition = metrics[metric];
  return definition?.kind === "ratio" ? [definition.numerator, definition.denominator] : [metric];
}

function customRangeOf(range: DayRange & { readonly month?: string | null }): CustomRange {
  const { periodType, first, last } = counterRangeOf(range);
  const row = first === last ? { periodType, periodValue: first } : null;
  return { startDate: range.startDate, endDate: range.endDate, row };
}

function comparedOf(
  metric: OwnMetric,
  group: string,
  now: CustomNumbers,
  before: CustomNumbers,
  locale: Locale,
  { tenant }: PeriodReading,
): ComparedMetric {
  const current = deriveCustom(metric, group, now, locale, tenant.currency);
  const { value, formatted, low_sample } = deriveCustom(metric, group, before, locale, tenant.currency);
  const notAdditive = now.unknown.size > 0 && metric.kind !== "duration" && current.numerator === null;
  return {
    ...current,
    previous: { value, formatted, low_sample },
    change: compareCustom(metric, group, now, before, locale),
    ...(notAdditive ? { reason: "not_additive" as const } : {}),
  };
}

/** Events count when they occur: once the period is over, only late ones can change it. */
function statusOf({ period, calendar, nowMs }: PeriodReading, now: CustomNumbers): PeriodStatus {
  if (!hasNumbers(now)) return "empty";
  return nowMs < calendar.startOfDay(addDays(period.endDate, 1)) ? "running" : "settled";
}

function textOf(text: { readonly en: string; readonly zh: string }, locale: Locale): string {
  return locale === "zh-CN" ? text.zh : text.en;
}
