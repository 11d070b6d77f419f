import type { MetricValue } from "../../metrics/derive-metric.ts";
import { isFew, figureValue } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { stepsNote, stepsOf } from "../report/report-steps.ts";
import type { ReportStep } from "../report/report-steps.ts";
import { dayAxisOf } from "./day-axis.ts";
import { drawCountsAndRates, type CountsAndRates } from "./draw-counts-and-rates.ts";
import { goalLineOf, goalsNote } from "./goal-line.ts";
import { marksNote } from "./mark-annotations.ts";
import { measuredBy } from "./report-chart.ts";
import type { ReportChart } from "./report-chart.ts";
import { hasReported, summariseChart } from "./summarise-chart.ts";

const keys = ["tickets_created", "tickets_resolved", "sla_met_rate"] as const;

/** Tickets created and resolved by day, and the share within SLA below. */
export function chartTickets(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.tickets;
  const steps = stepsOf(context, ({ tickets_created: created, tickets_resolved: resolved }) =>
    [created, resolved].some((count) => isFew(context, Number(count))),
  );
  const days = steps ?? [];
  const of = (key: string, day: ReportStep): MetricValue | null => valueOf(context, key, day);
  const month = (key: string): MetricValue => figureValue(context, key, material.reading.counters);
  const few = steps === null;
  const empty =
    !hasReported(material, "workbench") ||
    (month("tickets_created").value === 0 && month("tickets_resolved").value === 0);
  const state = { product: "workbench", isEmpty: empty, none: texts.chart.none.tickets, isFew: few } as const;
  return {
    id: "tickets",
    title: words.title,
    summary: summariseChart(
      context,
      state,
      () =>
        words.summary(
          month("tickets_created").formatted,
          month("tickets_resolved").formatted,
          month("sla_met_rate").formatted,
        ) +
        stepsNote(context, days) +
        goalsNote(context, [[words.sla, goalLineOf(context, "sla_met_rate", days.length)]]) +
        marksNote(context),
    ),
    table: {
      dimension: "days",
      metrics: measuredBy(keys),
      columns: [texts.chart.day, words.created, words.closed, words.sla],
      rows:
        empty || few
          ? []
          : days.map((day) => [
              { text: day.name },
              ...keys.map((key) => ({ text: of(key, day)?.formatted ?? "—", value: of(key, day)?.value ?? null })),
            ]),
    },
    draw:
      empty || few ? null : (width, idPrefix) => drawCountsAndRates(seriesOf(context, days), width, idPrefix, locale),
  };
}

function valueOf(context: ReportContext, key: string, { counters }: ReportStep): MetricValue | null {
  return counters === null ? null : figureValue(context, key, counters);
}

function seriesOf(context: ReportContext, days: readonly ReportStep[]): CountsAndRates {
  const words = context.texts.chart.tickets;
  const valuesOf = (key: string) => days.map((day) => valueOf(context, key, day)?.value ?? null);
  return {
    counts: [
      { name: words.created, look: 2, values: valuesOf("tickets_created") },
      { name: words.closed, look: 1, values: valuesOf("tickets_resolved") },
    ],
    countTitle: words.columnsTitle,
    stacked: false,
    rates: [{ name: words.sla, look: 1, values: valuesOf("sla_met_rate") }],
    rateTitle: words.rateTitle,
    rateGoals: [goalLineOf(context, "sla_met_rate", days.length)],
    ...dayAxisOf(context, days),
  };
}
