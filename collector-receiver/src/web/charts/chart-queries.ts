import type { MetricValue } from "../../metrics/derive-metric.ts";
import { countText, isFew, figureValue } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { stepsNote, stepsOf } from "../report/report-steps.ts";
import { dayAxisOf } from "./day-axis.ts";
import { drawCountsAndRates, type CountsAndRates } from "./draw-counts-and-rates.ts";
import type { ChartSeries } from "./draw-panels.ts";
import { goalLineOf, goalsNote } from "./goal-line.ts";
import { marksNote } from "./mark-annotations.ts";
import { measuredBy } from "./report-chart.ts";
import type { ReportChart } from "./report-chart.ts";
import { hasReported, summariseChart } from "./summarise-chart.ts";

const rates = ["order_query_success_rate", "tracking_query_success_rate"] as const;

/** Order and tracking queries by day, and the success rate of each below. */
export function chartQueries(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.queries;
  const month = rates.map((key) => figureValue(context, key, material.reading.counters)) as [MetricValue, MetricValue];
  const steps = stepsOf(context, (counters) =>
    rates.some((key) => isFew(context, figureValue(context, key, counters).denominator ?? 0)),
  );
  const days = (steps ?? []).map(({ name, short, counters }) => ({
    name,
    short,
    values: rates.map((key) => (counters === null ? null : figureValue(context, key, counters))),
  }));
  const few = steps === null;
  const empty = month.every(({ denominator }) => denominator === 0) || !hasReported(material, "chatbot");
  const state = { product: "chatbot", isEmpty: empty, none: texts.chart.none.queries, isFew: few } as const;
  return {
    id: "queries",
    title: words.title,
    summary: summariseChart(
      context,
      state,
      () =>
        words.summary(month[0].formatted, month[1].formatted) +
        stepsNote(context, steps ?? []) +
        goalsNote(context, [
          [words.order, goalLineOf(context, rates[0], days.length)],
          [words.tracking, goalLineOf(context, rates[1], days.length)],
        ]) +
        marksNote(context),
    ),
    table: {
      dimension: "days",
      metrics: [null, ...measuredBy([rates[0]]), null, ...measuredBy([rates[1]])],
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
    draw:
      empty || few ? null : (width, idPrefix) => drawCountsAndRates(seriesOf(context, days), width, idPrefix, locale),
  };
}

interface QueryDay {
  readonly name: string;
  readonly short: string;
  /** Of orders, then of parcels. */
  readonly values: readonly (MetricValue | null)[];
}

function seriesOf(context: ReportContext, days: readonly QueryDay[]): CountsAndRates {
  const words = context.texts.chart.queries;
  const seriesBy = (read: (value: MetricValue) => number | null): ChartSeries[] =>
    [words.order, words.tracking].map((name, i) => ({
      name,
      look: i === 0 ? 1 : 2,
      values: days.map(({ values }) => (values[i] == null ? null : read(values[i]))),
    }));
  return {
    counts: seriesBy(({ denominator }) => denominator),
    countTitle: words.columnsTitle,
    stacked: true,
    rates: seriesBy(({ value }) => value),
    rateTitle: words.rateTitle,
    rateGoals: rates.map((key) => goalLineOf(context, key, days.length)),
    ...dayAxisOf(context, days),
  };
}
