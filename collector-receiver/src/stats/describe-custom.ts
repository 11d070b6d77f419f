import { businessCalendarOf } from "../metrics/business-calendar.ts";
import { noGroup } from "../metrics/custom-counting.ts";
import { ownMetricsOf } from "../metrics/custom-metrics.ts";
import type { OwnMetric } from "../metrics/custom-metrics.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { readsOf } from "./custom-metrics.ts";
import { periodRules } from "./describe-dictionary.ts";
import { readTenantToday } from "./read-period.ts";
import type { StatsReader } from "./read-period.ts";
import { readCustomDefinitions } from "./sql/read-custom-definitions.ts";

/** A tenant's own metrics as the dictionary describes a metric. */
export async function describeCustomMetrics(reader: StatsReader, tenantId: string, locale: Locale) {
  const { definitions, definedAtMs, pending } = await readCustomDefinitions(reader.pool, tenantId);
  if (Object.keys(definitions.metrics).length === 0) return [];
  const { tenant } = await readTenantToday(reader, tenantId);
  const calendar = businessCalendarOf(tenant.timezone);
  return ownMetricsOf(definitions).map((metric) => {
    const reads = readsOf(metric, definitions);
    const since = Math.max(...reads.map((read) => definedAtMs.get(read) ?? 0));
    return {
      key: metric.key,
      group: "custom" as const,
      unit: metric.unit,
      name: text(metric.name, locale),
      meaning: metric.meaning === null ? text(metric.name, locale) : text(metric.meaning, locale),
      formula: metric.formula,
      ...describeComputation(metric),
      cohort: "event_time" as const,
      period_rule: text(periodRules.event_time, locale),
      edge_cases: null,
      estimate: false,
      definition_version: 1,
      since: since === 0 ? "" : calendar.dayOf(since),
      ...(metric.groupBy === null ? {} : { group_by: metric.groupBy, groups: [...metric.groups] }),
      backfilled: !reads.some((read) => pending.has(read)),
    };
  });
}

function describeComputation(metric: OwnMetric) {
  const computation = metric.computationOf(noGroup);
  if (computation.kind === "quantile") return computation;
  if (computation.kind === "sum") return { kind: "sum" as const };
  return { kind: "ratio" as const, factor: computation.factor };
}

function text(texts: { readonly en: string; readonly zh: string }, locale: Locale): string {
  return locale === "zh-CN" ? texts.zh : texts.en;
}
