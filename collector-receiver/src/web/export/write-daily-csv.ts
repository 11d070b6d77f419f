import { counterMetrics } from "../../metrics/metric-dictionary.ts";
import { figureValue, reportDaysOf } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { isKeptBySegment } from "../../stats/kept-by-segment.ts";
import { cellsOf, segmentName, tidyHeads, unitOf } from "./tidy-row.ts";
import { writeCsv } from "./write-csv.ts";
import type { CsvStyle } from "./write-csv.ts";

/**
 * Every metric over counters of each day that has begun, as tidy CSV. Not for shared copies: days may rest on few. A
 * product that has never reported has no rows, since what it did is not known.
 */
export function writeDailyCsv(context: ReportContext, style: CsvStyle): string {
  const { segment } = context.material.reading;
  const { currency, chatbotReported, workbenchReported } = context.material.reading.tenant;
  const metrics = counterMetrics.filter(
    (metric) =>
      (metric.group === "ai_chatbot" ? chatbotReported : workbenchReported) &&
      (segment === null || isKeptBySegment(metric)),
  );
  const rows = reportDaysOf(context).flatMap(({ day, counters }) =>
    counters === null
      ? []
      : metrics.map(({ key }) => {
          const { value, unit, numerator, denominator } = figureValue(context, key, counters);
          return cellsOf({
            period: day,
            metric: key,
            segment: segmentName(segment),
            value,
            unit: unitOf(unit, currency),
            numerator,
            denominator,
          });
        }),
  );
  return writeCsv([tidyHeads, ...rows], style);
}
