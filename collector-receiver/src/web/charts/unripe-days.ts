import type { ReportContext } from "../report/report-context.ts";
import type { ReportStep } from "../report/report-steps.ts";
import { reportDaysOf } from "../report/report-context.ts";

/**
 * From which step on conversations may still go on, so that their outcomes can change; undefined if none do, or if
 * steps are not days.
 */
export function unripeFrom(context: ReportContext, steps: readonly ReportStep[]): number | undefined {
  const { ended, status } = context.material.reading;
  const days = reportDaysOf(context);
  if (status === "settled" || status === "empty" || steps.length !== days.length) return undefined;
  return ended === null ? 0 : days.filter(({ lastDay }) => lastDay <= ended.days.endDate).length;
}
