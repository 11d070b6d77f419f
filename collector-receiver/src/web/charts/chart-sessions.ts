import type { MetricValue } from "../../metrics/derive-metric.ts";
import { countText, isFew, figureValue } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { stepsNote, stepsOf } from "../report/report-steps.ts";
import type { ReportStep } from "../report/report-steps.ts";
import { dayAxisOf } from "./day-axis.ts";
import { drawCountsAndRates, type CountsAndRates } from "./draw-counts-and-rates.ts";
import type { ChartSeries } from "./draw-panels.ts";
import { goalLineOf, goalsNote } from "./goal-line.ts";
import { marksNote } from "./mark-annotations.ts";
import { outcomeSeries, resolvedSeries } from "./outcome-series.ts";
import { measuredBy } from "./report-chart.ts";
import type { ReportChart } from "./report-chart.ts";
import { hasReported, summariseChart } from "./summarise-chart.ts";
import { unripeFrom } from "./unripe-days.ts";

const figures = ["total_sessions", "ai_resolved_sessions", "ai_resolved_assumed"] as const;

/** Conversations by the day of their start and by outcome, and the share that AI resolved below. */
export function chartSessions(context: ReportContext): ReportChart {
  const { texts, material, locale } = context;
  const words = texts.chart.sessions;
  const steps = stepsOf(context, (counters) => isFew(context, Number(counters.total_sessions)));
  const days = steps ?? [];
  const of = (key: string, { counters }: ReportStep): MetricValue | null =>
    counters === null ? null : figureValue(context, key, counters);
  const whole = (key: string): MetricValue => figureValue(context, key, material.reading.counters);
  const total = whole("total_sessions");
  const few = steps === null;
  const isEmpty = total.value === 0 || !hasReported(material, "chatbot");
  const isDrawn = !isEmpty && !few;
  const series = seriesOf(context, days, of);
  // The first series but one are parts of what AI resolved: the table names these in its own columns.
  const further = context.least === null ? series.slice(2) : [];
  const state = { product: "chatbot", isEmpty, none: texts.chart.none.sessions, isFew: few } as const;
  return {
    id: "sessions",
    title: words.title,
    summary: summariseChart(
      context,
      state,
      () =>
        words.summary(total.formatted, whole("ai_resolved_sessions").formatted, whole("ai_resolution_rate").formatted) +
        stepsNote(context, days) +
        goalsNote(context, [
          [words.sessions, goalLineOf(context, "total_sessions", days.length)],
          [words.rate, goalLineOf(context, "ai_resolution_rate", days.length)],
        ]) +
        marksNote(context),
    ),
    table: {
      dimension: "days",
      metrics: [...measuredBy(figures), ...further.map(() => null), ...measuredBy(["ai_resolution_rate"])],
      columns: [
        texts.chart.day,
        words.sessions,
        words.parts.resolved,
        words.assumed,
        ...further.map(({ name }) => name),
        words.rate,
      ],
      rows: !isDrawn
        ? []
        : days.map((day, place) => [
            { text: day.name },
            ...figures.map((key) => cellOf(of(key, day))),
            ...further.map(({ values }) => countCell(values[place] ?? null)),
            cellOf(of("ai_resolution_rate", day)),
          ]),
    },
    draw: isDrawn
      ? (width, idPrefix) => drawCountsAndRates(drawnOf(context, days, series, of), width, idPrefix, locale)
      : null,
  };

  function countCell(value: number | null) {
    return { text: value === null ? "—" : countText(value, locale), value };
  }
}

const cellOf = (value: MetricValue | null) => ({ text: value?.formatted ?? "—", value: value?.value ?? null });

type ValueOf = (key: string, day: ReportStep) => MetricValue | null;

/** The parts of each day, the last of them what is left. */
function seriesOf(context: ReportContext, days: readonly ReportStep[], of: ValueOf): ChartSeries[] {
  const words = context.texts.chart.sessions;
  const valueOf = (keys: readonly string[], day: ReportStep): number | null =>
    day.counters === null ? null : keys.reduce((sum, key) => sum + (of(key, day)?.value ?? 0), 0);
  const isShared = context.least !== null;
  const parts = (isShared ? resolvedSeries : outcomeSeries).map(({ part, look, keys }) => ({
    name: words.parts[part],
    look,
    values: days.map((day) => valueOf(keys, day)),
  }));
  const left = days.map((day, place) => {
    const total = valueOf(["total_sessions"], day);
    return total === null ? null : parts.reduce((rest, { values }) => rest - (values[place] ?? 0), total);
  });
  const open = days.map((day) => valueOf(["outcome_open"], day));
  const isOpen = left.every((value, place) => value === open[place]);
  const name = isShared ? words.parts.other : isOpen ? words.parts.open : words.parts.unclassified;
  // A series of which there is nothing would only stand in the legend.
  const rest: ChartSeries = { name, look: isShared ? 2 : 6, values: left };
  return left.some((value) => value !== null && value > 0) || isShared ? [...parts, rest] : parts;
}

function drawnOf(
  context: ReportContext,
  days: readonly ReportStep[],
  counts: readonly ChartSeries[],
  of: ValueOf,
): CountsAndRates {
  const words = context.texts.chart.sessions;
  return {
    counts,
    countTitle: words.columnsTitle,
    stacked: true,
    rates: [{ name: words.rate, look: 1, values: days.map((day) => of("ai_resolution_rate", day)?.value ?? null) }],
    rateTitle: words.rateTitle,
    countGoal: goalLineOf(context, "total_sessions", days.length),
    rateGoals: [goalLineOf(context, "ai_resolution_rate", days.length)],
    ...dayAxisOf(context, days),
    unripeFrom: unripeFrom(context, days),
    unripeTitle: context.texts.chart.unripe,
  };
}
