import type { MetricValue } from "../../metrics/derive-metric.ts";
import { countText, isFew, figureValue } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { stepsNote, stepsOf } from "../report/report-steps.ts";
import type { ReportStep } from "../report/report-steps.ts";
import { twoPanels, withHatch } from "./chart-frame.ts";
import { drawColumns, drawLegend, drawLine, drawPlaceLabels, drawValueAxis } from "./draw-panels.ts";
import type { ChartSeries } from "./draw-panels.ts";
import { textAt } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import type { ReportChart } from "./report-chart.ts";
import { countTicks, percentTicks } from "./scale.ts";

/** Tickets created and resolved by day, and the share within SLA below. */
export function chartTickets(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.tickets;
  const keys = ["tickets_created", "tickets_closed", "sla_met_rate"] as const;
  const steps = stepsOf(context, ({ tickets_created: created, tickets_closed: closed }) =>
    [created, closed].some((count) => isFew(context, Number(count))),
  );
  const days = steps ?? [];
  const of = (key: string, { counters }: ReportStep): MetricValue | null =>
    counters === null ? null : figureValue(context, key, counters);
  const month = (key: string): MetricValue => figureValue(context, key, material.facts.counters);
  const few = steps === null;
  const reported = material.facts.tenant.workbenchReported;
  const empty = !reported || (month("tickets_created").value === 0 && month("tickets_closed").value === 0);
  return {
    id: "tickets",
    title: words.title,
    summary: !reported
      ? texts.chart.missingProduct.workbench
      : empty
        ? texts.chart.none.tickets
        : few
          ? texts.chart.withheld(context.least ?? 0)
          : words.summary(
              month("tickets_created").formatted,
              month("tickets_closed").formatted,
              month("sla_met_rate").formatted,
            ) + stepsNote(context, days),
    table: {
      columns: [texts.chart.day, words.created, words.closed, words.sla],
      rows:
        empty || few
          ? []
          : days.map((day) => [
              { text: day.name },
              ...keys.map((key) => ({ text: of(key, day)?.formatted ?? "—", value: of(key, day)?.value ?? null })),
            ]),
    },
    draw: empty || few ? null : (width, idPrefix) => draw(width, `${idPrefix}-hatch`),
  };

  function draw(width: number, hatchId: string): Drawing {
    const { columns, rate, height } = twoPanels(width);
    const pair: ChartSeries[] = [
      { name: words.created, look: 2, values: days.map((day) => of("tickets_created", day)?.value ?? null) },
      { name: words.closed, look: 1, values: days.map((day) => of("tickets_closed", day)?.value ?? null) },
    ];
    const rates = days.map((day) => of("sla_met_rate", day)?.value ?? null);
    const ticks = countTicks(Math.max(...pair.flatMap(({ values }) => values.map((value) => value ?? 0))), 4);
    const rateTicks = percentTicks(
      rates.filter((value) => value !== null),
      3,
    );
    const labels = days.map(({ short }) => short);
    return withHatch(
      width,
      height,
      hatchId,
      drawLegend(columns.left, 16, pair, "column", hatchId) +
        drawValueAxis(columns, ticks, (tick) => countText(tick, locale)) +
        drawColumns(columns, ticks, pair, false, hatchId) +
        drawPlaceLabels(columns, labels) +
        textAt(rate.left, rate.top - 14, words.rateTitle, "start", "t h") +
        drawValueAxis(rate, rateTicks, (tick) => `${tick}%`) +
        drawLine(rate, rateTicks, { name: words.sla, look: 1, values: rates }) +
        drawPlaceLabels(rate, labels),
    );
  }
}
