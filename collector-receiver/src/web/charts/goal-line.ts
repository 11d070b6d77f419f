import { fractionOf } from "../../metrics/exact-fraction.ts";
import { goalOn } from "../../metrics/goals.ts";
import { metricOf } from "../../metrics/metric-dictionary.ts";
import { goalMetricOf, goalText, targetOfPoint } from "../../stats/figure-goal.ts";
import { reportDaysOf } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { valueScale } from "./draw-panels.ts";
import { px, textAt } from "./drawing.ts";
import type { Area } from "./drawing.ts";

/** What a metric shall reach at each place of a chart. */
export interface GoalLine {
  /** Null: no goal holds there. */
  readonly values: readonly (number | null)[];
  /** "≥ 85.0%": the last of them. */
  readonly label: string;
}

/**
 * The goal of a metric over the steps of a chart.
 * @param places how many steps the chart has
 * @returns undefined if no goal holds on any, or the steps of a shared copy are not those of the report
 */
export function goalLineOf(context: ReportContext, key: string, places: number): GoalLine | undefined {
  const { goals, tenant } = context.material.reading;
  const days = reportDaysOf(context);
  const metric = metricOf(key);
  const values =
    days.length === places
      ? days.map(({ day, lastDay }) => targetOfPoint(goals, goalMetricOf(metric), { startDate: day, endDate: lastDay }))
      : [];
  const last = values.findLastIndex((value) => value !== null);
  const [goal, value] = [goalOn(goals, key, days[last]?.lastDay ?? ""), values[last]];
  if (goal === null || value == null) return undefined;
  const target = fractionOf(String(value));
  const label = goalText(goal.comparison, target, metric.unit, metric.display, context.locale, tenant.currency);
  return { values, label };
}

/** The lines in words: who cannot see them has these, and a legend needs no entry. */
export function goalsNote(
  { texts }: ReportContext,
  lines: readonly [name: string, line: GoalLine | undefined][],
): string {
  const told = lines.flatMap(([name, line]) => (line === undefined ? [] : [`${name} ${line.label}`]));
  return told.length === 0 ? "" : ` ${texts.chart.targets(told)}`;
}

/** A line of steps across a panel, with its label at its end. */
export function drawGoalLine(area: Area, ticks: readonly number[], line: GoalLine | undefined): string {
  if (line === undefined) return "";
  const y = valueScale(area, ticks);
  const slot = area.width / line.values.length;
  let path = "";
  let [endX, endY] = [0, 0];
  line.values.forEach((value, place) => {
    if (value === null) return;
    const [from, at] = [area.left + slot * place, y(value)];
    path += `${path !== "" && line.values[place - 1] != null ? "L" : "M"}${px(from)} ${px(at)}H${px(from + slot)}`;
    [endX, endY] = [from + slot, at];
  });
  return `<path class="goal" d="${path}"/>${textAt(endX, endY - 4, line.label, "end", "t h over")}`;
}

/** The values that an axis has to reach for a line to lie within its panel. */
export const goalValues = (line: GoalLine | undefined): number[] =>
  line === undefined ? [] : line.values.filter((value) => value !== null);
