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

/** Sessions by day of their start with the part that AI resolved, and the rate below. */
export function chartSessions(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.sessions;
  const steps = stepsOf(context, (counters) => isFew(context, Number(counters.total_sessions)));
  const days = steps ?? [];
  const of = (key: string, { counters }: ReportStep): MetricValue | null =>
    counters === null ? null : figureValue(context, key, counters);
  const month = (key: string): MetricValue => figureValue(context, key, material.facts.counters);
  const total = month("total_sessions");
  const few = steps === null;
  const empty = total.value === 0 || !material.facts.tenant.chatbotReported;
  return {
    id: "sessions",
    title: words.title,
    summary: !material.facts.tenant.chatbotReported
      ? texts.chart.missingProduct.chatbot
      : empty
        ? texts.chart.none.sessions
        : few
          ? texts.chart.withheld(context.least ?? 0)
          : words.summary(
              total.formatted,
              month("ai_resolved_sessions").formatted,
              month("ai_resolution_rate").formatted,
            ) + stepsNote(context, days),
    table: {
      columns: [texts.chart.day, words.sessions, words.resolved, words.assumed, words.rate],
      rows:
        empty || few
          ? []
          : days.map((day) => [
              { text: day.name },
              ...["total_sessions", "ai_resolved_sessions", "ai_resolved_idle", "ai_resolution_rate"].map((key) => {
                const value = of(key, day);
                return { text: value?.formatted ?? "—", value: value?.value ?? null };
              }),
            ]),
    },
    draw: empty || few ? null : (width, idPrefix) => draw(width, `${idPrefix}-hatch`),
  };

  function draw(width: number, hatchId: string): Drawing {
    const { columns, rate, height } = twoPanels(width);
    const resolved = days.map((day) => of("ai_resolved_sessions", day)?.value ?? null);
    const other = days.map((day, i) => {
      const sessions = of("total_sessions", day)?.value;
      return sessions == null ? null : sessions - (resolved[i] ?? 0);
    });
    const rates = days.map((day) => of("ai_resolution_rate", day)?.value ?? null);
    const stack: ChartSeries[] = [
      { name: words.resolved, look: 1, values: resolved },
      { name: words.other, look: 2, values: other },
    ];
    const most = Math.max(...days.map((day) => of("total_sessions", day)?.value ?? 0));
    const ticks = countTicks(most, 4);
    const rateTicks = percentTicks(
      rates.filter((value) => value !== null),
      3,
    );
    const labels = days.map(({ short }) => short);
    return withHatch(
      width,
      height,
      hatchId,
      drawLegend(columns.left, 16, stack, "column", hatchId) +
        drawValueAxis(columns, ticks, (tick) => countText(tick, locale)) +
        drawColumns(columns, ticks, stack, true, hatchId) +
        drawPlaceLabels(columns, labels) +
        textAt(rate.left, rate.top - 14, words.rateTitle, "start", "t h") +
        drawValueAxis(rate, rateTicks, (tick) => `${tick}%`) +
        drawLine(rate, rateTicks, { name: words.rate, look: 1, values: rates }) +
        drawPlaceLabels(rate, labels),
    );
  }
}
