import { countText, describeShare, isFew } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import type { AttributeCount } from "../../stats/sql/read-attribute-counts.ts";
import { otherValue } from "../../metrics/attribute-counters.ts";
import { labelsOf } from "../words/label-words.ts";
import { drawBars, maxBars } from "./draw-bars.ts";
import type { ReportChart } from "./report-chart.ts";

/** A longer table is not read; the file with the data has all rows. */
const maxRows = 200;

interface Reason {
  readonly label: string;
  /** As the product wrote it. */
  readonly key: string;
  readonly events: number;
  readonly isOther: boolean;
}

/** Why conversations were escalated: the most frequent reasons as bars, all of them in the table. */
export function chartReasons(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.reasons;
  const reasons = reasonsOf(context, material.escalationReasons);
  const total = sumOf(reasons);
  const reported = material.reading.tenant.chatbotReported;
  const few = isFew(context, total) || reasons.some(({ events }) => isFew(context, events));
  const first = reasons[0];
  const count = (events: number): string => countText(events, locale);
  const share = (events: number): string => describeShare(events, total, locale);
  return {
    id: "escalation-reasons",
    title: words.title,
    summary: !reported
      ? texts.chart.missingProduct.chatbot
      : first === undefined
        ? texts.chart.none.escalations
        : few
          ? texts.chart.withheld(context.least ?? 0)
          : words.summary(count(total), first.label, share(first.events)),
    table: {
      dimension: "reason",
      metrics: [{ metric: "escalations", unit: "count" }, null],
      columns: [words.reason, words.escalations, words.share],
      rows: few
        ? []
        : shownOf(reasons, maxRows, context).map(({ label, key, events }) => [
            { text: label, key },
            { text: count(events), value: events, numerator: events, denominator: total },
            { text: share(events), value: Number(((events / total) * 100).toFixed(6)) },
          ]),
    },
    draw:
      first === undefined || few
        ? null
        : (width, idPrefix) =>
            drawBars(
              shownOf(reasons, maxBars, context).map(({ label, events, isOther }) => ({
                label,
                value: events,
                formatted: `${count(events)} · ${share(events)}`,
                look: isOther ? 2 : 1,
              })),
              words.escalations,
              width,
              idPrefix,
            ),
  };
}

/** The first ones, then how many more there are, and what has no name of its own. */
function shownOf(reasons: readonly Reason[], maxReasons: number, { texts, locale }: ReportContext): Reason[] {
  const named = reasons.filter(({ isOther }) => !isOther);
  const rest = named.slice(maxReasons);
  const label = texts.chart.more(countText(rest.length, locale));
  return [
    ...named.slice(0, maxReasons),
    ...(rest.length === 0 ? [] : [{ label, key: `${rest.length} more`, events: sumOf(rest), isOther: true }]),
    ...reasons.filter(({ isOther }) => isOther),
  ];
}

const sumOf = (reasons: readonly Reason[]): number => reasons.reduce((sum, { events }) => sum + events, 0);

/**
 * The reasons in words, the most frequent first. What was not counted by its own name (and, in a shared copy, what rests
 * on few) is "other", which comes last.
 */
function reasonsOf(context: ReportContext, counts: readonly AttributeCount[]): Reason[] {
  const isNamed = ({ value, events }: AttributeCount): boolean => value !== otherValue && !isFew(context, events);
  const named = counts.filter(isNamed);
  const labels = labelsOf(
    named.map(({ value }) => value),
    context.locale,
  );
  const reasons = named.map(({ value, events }, i) => ({
    label: labels[i] as string,
    key: value,
    events,
    isOther: false,
  }));
  const other = counts.filter((count) => !isNamed(count)).reduce((sum, { events }) => sum + events, 0);
  return other === 0
    ? reasons
    : [...reasons, { label: context.texts.chart.reasons.other, key: otherValue, events: other, isOther: true }];
}
