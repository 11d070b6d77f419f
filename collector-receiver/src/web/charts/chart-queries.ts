import type { MetricValue } from "../../metrics/derive-metric.ts";
import { countText, isFew, figureValue } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { stepsNote, stepsOf } from "../report/report-steps.ts";
import { twoPanels, withHatch } from "./chart-frame.ts";
import { drawColumns, drawLegend, drawLine, drawPlaceLabels, drawValueAxis } from "./draw-panels.ts";
import type { ChartSeries } from "./draw-panels.ts";
import { textAt } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import type { ReportChart } from "./report-chart.ts";
import { countTicks, percentTicks } from "./scale.ts";

const rates = ["order_query_success_rate", "tracking_query_success_rate"] as const;

/** Order and tracking queries by day, and the success rate of each below. */
export function chartQueries(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.queries;
  const month = rates.map((key) => figureValue(context, key, material.facts.counters)) as [MetricValue, MetricValue];
  const steps = stepsOf(context, (counters) =>
    rates.some((key) => isFew(context, figureValue(context, key, counters).denominator ?? 0)),
  );
  const days = (steps ?? []).map(({ name, short, counters }) => ({
    name,
    short,
    values: rates.map((key) => (counters === null ? null : figureValue(context, key, counters))),
  }));
  const few = steps === null;
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
          : words.summary(month[0].formatted, month[1].formatted) + stepsNote(context, steps),
    table: {
      columns: [texts.chart.day, words.orders, words.order, words.trackings, words.tracking],
      rows:
        empty || few
          ? []
          : days.map(({ name, values }) => [
              { text: name },
              ...values.flatMap((value) => [
                {
                  text: value?.denominator == null ? "—" : countText(value.denominator, locale),
                  value: value?.denominator ?? null,
                },
                { text: value?.formatted ?? "—", value: value?.value ?? null },
              ]),
            ]),
    },
    draw: empty || few ? null : (width, idPrefix) => draw(width, `${idPrefix}-hatch`),
  };

  function draw(width: number, hatchId: string): Drawing {
    const { columns, rate, height } = twoPanels(width);
    const seriesOf = (read: (value: MetricValue) => number | null): ChartSeries[] =>
      [words.order, words.tracking].map((name, i) => ({
        name,
        look: i === 0 ? 1 : 2,
        values: days.map(({ values }) => {
          const value = values[i];
          return value == null ? null : read(value);
        }),
      }));
    const counts = seriesOf(({ denominator }) => denominator);
    const shares = seriesOf(({ value }) => value);
    // One on top of the other.
    const both = days.map(({ values }) => values.reduce((sum, value) => sum + (value?.denominator ?? 0), 0));
    const ticks = countTicks(Math.max(...both), 4);
    const known = shares.flatMap(({ values }) => values.filter((value) => value !== null));
    const rateTicks = percentTicks(known, 3);
    const labels = days.map(({ short }) => short);
    return withHatch(
      width,
      height,
      hatchId,
      drawLegend(columns.left, 16, counts, "column", hatchId) +
        drawValueAxis(columns, ticks, (tick) => countText(tick, locale)) +
        drawColumns(columns, ticks, counts, true, hatchId) +
        drawPlaceLabels(columns, labels) +
        textAt(rate.left, rate.top - 14, words.rateTitle, "start", "t h") +
        drawValueAxis(rate, rateTicks, (tick) => `${tick}%`) +
        shares.map((one) => drawLine(rate, rateTicks, one)).join("") +
        drawPlaceLabels(rate, labels),
    );
  }
}
