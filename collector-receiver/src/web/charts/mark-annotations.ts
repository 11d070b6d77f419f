import { describeAnnotation } from "../../stats/describe-annotation.ts";
import { describeStep, reportDaysOf } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { lineAt, textAt, type Area } from "./drawing.ts";

/** A step of a chart in which something happened. */
export interface ChartMark {
  /** Which of the steps, from 0. */
  readonly place: number;
  /** What stands at its line: the texts are told in the chart's summary. */
  readonly label: string;
}

/** More marks than this, in more than this share of weeks or months, tell nothing apart: each month has a release. Days are always marked. */
const maxMarks = 5;
const maxMarkedShare = 0.4;

interface AnnotatedStep extends ChartMark {
  readonly name: string;
  readonly texts: readonly string[];
}

/** Texts of one step; of a service that is released all day, the others are counted. */
const maxTexts = 4;

/** The steps with annotations, numbered in order. Shared copies have none: they are for those who work here. */
function annotatedSteps(context: ReportContext): AnnotatedStep[] {
  const { material, least, locale, texts } = context;
  if (least !== null) return [];
  const { calendar } = material.reading;
  const happened = material.annotations.map((annotation) => ({
    day: calendar.dayOf(annotation.atMs),
    text: describeAnnotation(annotation, locale),
  }));
  const steps = reportDaysOf(context);
  const marked = steps
    .flatMap((step, place) => {
      const own = [
        ...new Set(happened.filter(({ day }) => step.day <= day && day <= step.lastDay).map(({ text }) => text)),
      ];
      if (own.length === 0) return [];
      const left = own.length - maxTexts;
      const shown = left > 0 ? [...own.slice(0, maxTexts), texts.chart.furtherMarks(left)] : own;
      return [{ place, name: describeStep(step, locale), texts: shown }];
    })
    .map((step, i) => ({ ...step, label: String(i + 1) }));
  const isByDay = steps.every(({ day, lastDay }) => day === lastDay);
  const isCrowded = marked.length > maxMarks && marked.length > steps.length * maxMarkedShare;
  return isCrowded && !isByDay ? [] : marked;
}

/** The marks of a chart over time. */
export function marksOf(context: ReportContext): ChartMark[] {
  return annotatedSteps(context);
}

/** What the marks mean, as a sentence; nothing if there are none. */
export function marksNote(context: ReportContext): string {
  const steps = annotatedSteps(context);
  if (steps.length === 0) return "";
  const { texts } = context;
  return ` ${texts.chart.marked(steps.map((each) => texts.chart.mark(each.label, each.name, each.texts)))}`;
}

/** A line through a panel at each mark, with its label on top. */
export function drawMarks(area: Area, places: number, marks: readonly ChartMark[]): string {
  const slot = area.width / Math.max(1, places);
  return marks
    .map(({ place, label }) => {
      const x = area.left + slot * (place + 0.5);
      return (
        lineAt(x, area.top, x, area.top + area.height, "quantile") +
        textAt(x + 4, area.top + 10, label, "start", "t h over")
      );
    })
    .join("");
}
