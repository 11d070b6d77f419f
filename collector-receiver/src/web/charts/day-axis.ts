import { describePeriod } from "../../stats/describe-period.ts";
import type { ReportContext } from "../report/report-context.ts";
import type { CountsAndRates } from "./draw-counts-and-rates.ts";
import { marksOf } from "./mark-annotations.ts";

/** What charts over the same days share: their labels, and the marks of what happened. */
export function dayAxisOf(
  context: ReportContext,
  days: readonly { readonly name: string; readonly short: string }[],
): Pick<CountsAndRates, "labels" | "names" | "periodTitle" | "marks"> {
  return {
    labels: days.map(({ short }) => short),
    names: days.map(({ name }) => name),
    periodTitle: describePeriod(context.material.reading.period, context.locale),
    marks: marksOf(context),
  };
}
