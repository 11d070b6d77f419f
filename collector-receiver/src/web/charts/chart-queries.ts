import type { MetricValue } from "../../metrics/derive-metric.ts";
import { countText, daysOf, describeDay, isFew, valueOf } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { onePanel, withHatch } from "./chart-frame.ts";
import { drawLegend, drawLine, drawPlaceLabels, drawValueAxis } from "./draw-panels.ts";
import type { Series } from "./draw-panels.ts";
import { widthOf } from "./drawing.ts";
import type { ReportChart } from "./report-chart.ts";
import { percentTicks } from "./scale.ts";

/** Success rate of order and tracking queries by day. */
export function chartQueries(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.queries;
  const rates = ["order_query_success_rate", "tracking_query_success_rate"] as const;
  const month = rates.map((key) => valueOf(context, key, material.facts.counters)) as [MetricValue, MetricValue];
  const days = daysOf(context).map(({ day, counters }) => ({
    day,
    values: rates.map((key) => (counters === null ? null : valueOf(context, key, counters))),
  }));
  const few = days.some(({ values }) => values.some((value) => isFew(context, value?.denominator ?? 0)));
  const empty = month.every(({ denominator }) => denominator === 0) || !material.facts.tenant.chatbotReported;
  return {
    id: "queries",
    title: words.title,
    summary: !material.facts.tenant.chatbotReported
      ? texts.chart.missingProduct.chatbot
      : empty
        ? texts.chart.none.queries
        : few
          ? texts.chart.withheld(context.least ?? 0)
          : words.summary(month[0].formatted, month[1].formatted),
    table: {
      columns: [texts.chart.day, words.orders, words.order, words.trackings, words.tracking],
      rows:
        empty || few
          ? []
          : days.map(({ day, values }) => [
              { text: describeDay(day, locale) },
              ...values.flatMap((value) => [
                {
                  text: value?.denominator == null ? "—" : countText(value.denominator, locale),
                  value: value?.denominator ?? null,
                },
                { text: value?.formatted ?? "—", value: value?.value ?? null },
              ]),
            ]),
    },
    draw:
      empty || few
        ? null
        : (width, idPrefix) => {
            const area = onePanel(width, 40, 190);
            const series: Series[] = [words.order, words.tracking].map((name, i) => ({
              name,
              look: i === 0 ? 1 : 2,
              values: days.map(({ values }) => values[i]?.value ?? null),
            }));
            const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
            const ticks = percentTicks(known, 4);
            const labels = days.map(({ day }) => String(Number(day.slice(8))));
            return withHatch(
              width,
              258,
              `${idPrefix}-hatch`,
              drawLegend(area.left, 16, series, "line", "", widthOf) +
                drawValueAxis(area, ticks, (tick) => `${tick}%`) +
                series.map((one) => drawLine(area, ticks, one)).join("") +
                drawPlaceLabels(area, labels, 26),
            );
          },
  };
}
