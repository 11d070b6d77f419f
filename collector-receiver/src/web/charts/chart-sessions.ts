import type { MetricValue } from "../../metrics/derive-metric.ts";
import { isFew, figureValue } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { stepsNote, stepsOf } from "../report/report-steps.ts";
import type { ReportStep } from "../report/report-steps.ts";
import { drawCountsAndRates, type CountsAndRates } from "./draw-counts-and-rates.ts";
import { marksNote, marksOf } from "./mark-notes.ts";
import type { ReportChart } from "./report-chart.ts";
import { hasReported, summariseChart } from "./summarise-chart.ts";

/** Sessions by day of their start with the part that AI resolved, and the rate below. */
export function chartSessions(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.sessions;
  const steps = stepsOf(context, (counters) => isFew(context, Number(counters.total_sessions)));
  const days = steps ?? [];
  const of = (key: string, { counters }: ReportStep): MetricValue | null =>
    counters === null ? null : figureValue(context, key, counters);
  const month = (key: string): MetricValue => figureValue(context, key, material.reading.counters);
  const total = month("total_sessions");
  const few = steps === null;
  const empty = total.value === 0 || !hasReported(material, "chatbot");
  const state = { product: "chatbot", isEmpty: empty, none: texts.chart.none.sessions, isFew: few } as const;
  return {
    id: "sessions",
    title: words.title,
    summary: summariseChart(
      context,
      state,
      () =>
        words.summary(total.formatted, month("ai_resolved_sessions").formatted, month("ai_resolution_rate").formatted) +
        stepsNote(context, days) +
        marksNote(context),
    ),
    table: {
      columns: [texts.chart.day, words.sessions, words.resolved, words.assumed, words.rate],
      rows:
        empty || few
          ? []
          : days.map((day) => [
              { text: day.name },
              ...["total_sessions", "ai_resolved_sessions", "ai_resolved_assumed", "ai_resolution_rate"].map((key) => {
                const value = of(key, day);
                return { text: value?.formatted ?? "—", value: value?.value ?? null };
              }),
            ]),
    },
    draw:
      empty || few
        ? null
        : (width, idPrefix) => drawCountsAndRates(seriesOf(context, days, of), width, `${idPrefix}-hatch`, locale),
  };
}

function seriesOf(
  context: ReportContext,
  days: readonly ReportStep[],
  of: (key: string, day: ReportStep) => MetricValue | null,
): CountsAndRates {
  const words = context.texts.chart.sessions;
  const resolved = days.map((day) => of("ai_resolved_sessions", day)?.value ?? null);
  const other = days.map((day, i) => {
    const sessions = of("total_sessions", day)?.value;
    return sessions == null ? null : sessions - (resolved[i] ?? 0);
  });
  const rates = days.map((day) => of("ai_resolution_rate", day)?.value ?? null);
  return {
    counts: [
      { name: words.resolved, look: 1, values: resolved },
      { name: words.other, look: 2, values: other },
    ],
    stacked: true,
    rates: [{ name: words.rate, look: 1, values: rates }],
    rateTitle: words.rateTitle,
    labels: days.map(({ short }) => short),
    marks: marksOf(context),
  };
}
