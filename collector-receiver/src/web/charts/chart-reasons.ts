import { countText, describeShare, isFew } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import type { AttributeCount } from "../../stats/sql/read-attribute-counts.ts";
import { otherValue } from "../../metrics/attribute-counters.ts";
import { drawBars } from "./draw-bars.ts";
import type { ReportChart } from "./report-chart.ts";

/** More bars than this say less: the rest is one. */
const maxReasons = 8;

/** Why sessions were escalated. */
export function chartReasons(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.reasons;
  const reasons = foldReasons(context, material.escalationReasons);
  const total = reasons.reduce((sum, { events }) => sum + events, 0);
  const reported = material.reading.tenant.chatbotReported;
  const few = isFew(context, total) || reasons.some(({ events }) => isFew(context, events));
  const nameOf = (value: string): string => (value === otherValue ? words.other : value);
  const first = reasons[0];
  return {
    id: "escalation-reasons",
    title: words.title,
    summary: !reported
      ? texts.chart.missingProduct.chatbot
      : first === undefined
        ? texts.chart.none.escalations
        : few
          ? texts.chart.withheld(context.least ?? 0)
          : words.summary(countText(total, locale), nameOf(first.value), describeShare(first.events, total, locale)),
    table: {
      columns: [words.reason, words.escalations, words.share],
      rows: few
        ? []
        : reasons.map(({ value, events }) => [
            { text: nameOf(value) },
            { text: countText(events, locale), value: events },
            { text: describeShare(events, total, locale), value: Number(((events / total) * 100).toFixed(6)) },
          ]),
    },
    draw:
      first === undefined || few
        ? null
        : (width, idPrefix) =>
            drawBars(
              reasons.map(({ value, events }) => ({
                label: nameOf(value),
                value: events,
                formatted: `${countText(events, locale)} · ${describeShare(events, total, locale)}`,
                look: value === otherValue ? 2 : 1,
              })),
              width,
              `${idPrefix}-hatch`,
            ),
  };
}

/** The most frequent reasons, the rest (and, in a shared copy, what rests on few) as "other", which comes last. */
function foldReasons(context: ReportContext, counts: readonly AttributeCount[]): AttributeCount[] {
  const shown: AttributeCount[] = [];
  let other = 0;
  for (const count of counts) {
    const folded = count.value === otherValue || shown.length >= maxReasons || isFew(context, count.events);
    if (folded) other += count.events;
    else shown.push(count);
  }
  return other === 0 ? shown : [...shown, { value: otherValue, events: other }];
}
