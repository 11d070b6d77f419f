import { describeStep, reportDaysOf } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { lineAt, textAt, type Area } from "./drawing.ts";

/** A day of a chart about which somebody said something. */
export interface ChartMark {
  /** Which of the days, from 0. */
  readonly place: number;
  /** What stands at its line: the texts are told in the chart's summary. */
  readonly label: string;
}

interface NotedStep extends ChartMark {
  readonly name: string;
  readonly texts: readonly string[];
}

/** The steps with notes, numbered in order. Shared copies have none: notes are for those who work here. */
function notedSteps(context: ReportContext): NotedStep[] {
  const { material, least, locale } = context;
  if (least !== null) return [];
  const { calendar } = material.reading;
  const notes = material.notes.map(({ atMs, text }) => ({ day: calendar.dayOf(atMs), text }));
  return reportDaysOf(context)
    .flatMap((step, place) => {
      const own = notes.filter(({ day }) => step.day <= day && day <= step.lastDay);
      return own.length === 0 ? [] : [{ place, name: describeStep(step, locale), texts: own.map(({ text }) => text) }];
    })
    .map((noted, i) => ({ ...noted, label: String(i + 1) }));
}

/** The marks of a chart over time. */
export function marksOf(context: ReportContext): ChartMark[] {
  return notedSteps(context);
}

/** What the marks mean, as a sentence; nothing if there are none. */
export function marksNote(context: ReportContext): string {
  const noted = notedSteps(context);
  if (noted.length === 0) return "";
  const { texts } = context;
  return ` ${texts.chart.marked(noted.map((each) => texts.chart.mark(each.label, each.name, each.texts)))}`;
}

/** A line through a panel at each mark, with its label on top. */
export function drawMarks(area: Area, places: number, marks: readonly ChartMark[]): string {
  const slot = area.width / Math.max(1, places);
  return marks
    .map(({ place, label }) => {
      const x = area.left + slot * (place + 0.5);
      return (
        lineAt(x, area.top, x, area.top + area.height, "quantile") +
        textAt(x, area.top - 3, label, "middle", "t h over")
      );
    })
    .join("");
}
