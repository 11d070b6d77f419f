import { counterMetrics } from "../../metrics/metric-dictionary.ts";
import { figureValue, reportDaysOf } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import type { MetricValue } from "../../metrics/derive-metric.ts";
import { isKeptBySegment } from "../../stats/kept-by-segment.ts";
import { cellsOf, segmentName, tidyHeads, unitOf } from "./tidy-row.ts";
import { aiMetricsOfDay } from "../../stats/ai-days.ts";
import type { AiUse } from "../../stats/sql/read-ai-spend.ts";
import { writeCsv } from "./write-csv.ts";
import type { Cell, CsvStyle } from "./write-csv.ts";

/**
 * Every metric over counters, and of calls of models, of each day that has begun, as tidy CSV. Not for shared copies: days may
 * rest on few. A product that has never reported has no rows, since what it did is not known.
 * @param aiDays what calls of models used, by day; a day that is not in it has no rows of them
 */
export function writeDailyCsv(context: ReportContext, aiDays: ReadonlyMap<string, AiUse>, style: CsvStyle): string {
  const { reading } = context.material;
  const { segment } = reading;
  const { currency, chatbotReported, workbenchReported } = reading.tenant;
  const metrics = counterMetrics.filter(
    (metric) =>
      (metric.group === "ai_chatbot" ? chatbotReported : workbenchReported) &&
      (segment === null || isKeptBySegment(metric)),
  );
  const rowOf = (period: string, metric: string, { value, unit, numerator, denominator }: MetricValue): Cell[] =>
    cellsOf({
      period,
      metric,
      segment: segmentName(segment),
      value,
      unit: unitOf(unit, currency),
      numerator,
      denominator,
    });
  const rows = reportDaysOf(context).flatMap(({ day, counters }) => {
    if (counters === null) return [];
    const use = aiDays.get(day);
    const ofCalls = use === undefined ? [] : aiMetricsOfDay(use, counters, reading, context.locale);
    return [
      ...metrics.map(({ key }) => rowOf(day, key, figureValue(context, key, counters))),
      ...ofCalls.map(([key, value]) => rowOf(day, key, value)),
    ];
  });
  return writeCsv([tidyHeads, ...rows], style);
}
