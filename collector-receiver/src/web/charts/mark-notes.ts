import { describeDay, reportDaysOf } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { lineAt, textAt, type Area } from "./drawing.ts";

/** A day of a chart about which somebody said something. */
export interface ChartMark {
  /** Which of the days, from 0. */
  readonly place: number;
  /** What stands at its line: the texts are told in the chart's summary. */
  readonly label: string;
}

interface NotedDay extends ChartMark {
  readonly day: string;
  readonly texts: readonly string[];
}

/** The days with notes, numbered in order. Shared copies have none: notes are for those who work here. */
function notedDays({ material, least }: ReportContext, days: readonly string[]): NotedDay[] {
  if (least !== null) return [];
  const { calendar } = material.reading;
  const byDay = Map.groupBy(material.notes, ({ atMs }) => calendar.dayOf(atMs));
  return days
    .flatMap((day, place) => {
      const notes = byDay.get(day);
      return notes === undefined ? [] : [{ place, day, texts: notes.map(({ text }) => text) }];
    })
    .map((noted, i) => ({ ...noted, label: String(i + 1) }));
}

const dayNames = (context: ReportContext): string[] => reportDaysOf(context).map(({ day }) => day);

/** The marks of a chart by day. */
export function marksOf(context: ReportContext): ChartMark[] {
  return notedDays(context, dayNames(context));
}

/** What the marks mean, as a sentence; nothing if there are none. */
export function marksNote(context: ReportContext): string {
  const noted = notedDays(context, dayNames(context));
  if (noted.length === 0) return "";
  const { texts, locale } = context;
  return ` ${texts.chart.marked(noted.map((each) => texts.chart.mark(each.label, describeDay(each.day, locale), each.texts)))}`;
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
