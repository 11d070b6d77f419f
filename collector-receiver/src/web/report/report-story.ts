import { isQualityNote, notesOf } from "../../stats/document-notes.ts";
import { metricsOfPeriod } from "../../stats/period-metrics.ts";
import { tellSummary } from "../../stats/tell-story.ts";
import { restatementsOf } from "../../stats/restatements.ts";
import { countText, isFew, restsOnFew } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";
import { allFiguresOf } from "./report-figures.ts";
import type { FigureGroup } from "./report-figures.ts";

export interface ReportStory {
  readonly text: string;
  /** What to know before quoting a figure. */
  readonly notes: readonly string[];
  /** A shared copy without a story: it would quote what is withheld. */
  readonly withheld: boolean;
}

/** The story of a report with its notes; in a shared copy that withholds a figure, the sentence that says so. */
export function storyOf(context: ReportContext, groups: readonly FigureGroup[]): ReportStory {
  const { texts, least, material, locale } = context;
  const { reading } = material;
  if (least !== null && quotesFew(context, groups, least)) {
    return { text: texts.storyWithheld(countText(least, locale)), notes: [], withheld: true };
  }
  const metrics = metricsOfPeriod(reading, locale);
  return {
    text: tellSummary(reading, metrics, locale, (key) => isFew(context, metrics.get(key)?.value ?? 0)),
    notes: notesOf(reading, metrics, locale)
      .filter((note) => least === null || !isQualityNote(note) || (note.count ?? 0) >= least)
      .filter(({ code }) => code !== "restated" || !restatesFew(context))
      .map(({ message }) => message),
    withheld: false,
  };
}

/** True if a restated figure rests, or rested, on few. */
function restatesFew(context: ReportContext): boolean {
  const { reading } = context.material;
  return restatementsOf(reading, context.locale).some(({ month, figures }) => {
    const of = reading.settledMonths.find((settled) => settled.month === month);
    const [said, says] = [of?.said ?? reading.counters, of?.says ?? reading.counters];
    return figures.some(({ was, is }) => restsOnFew(context, was, said) || restsOnFew(context, is, says));
  });
}

/** What the summary quotes: `stats/summary-en.ts`, `stats/summary-zh.ts`. Few conversations without a solution are not mentioned. */
const quotedFigures: ReadonlySet<string> = new Set([
  "total_sessions",
  "ai_resolution_rate",
  "estimated_cost_saved",
  "first_takeovers",
  "avg_first_response_ms",
  "tickets_resolved",
  "sla_met_rate",
  "ai_calls",
  "ai_spend",
  "net_saved",
]);
/** Counters that its notes quote beside them. */
const quotedCounters = ["ai_resolved_assumed", "reused_session_ids"] as const;

function quotesFew({ material }: ReportContext, groups: readonly FigureGroup[], least: number): boolean {
  const { counters } = material.reading;
  return (
    groups.some((group) =>
      allFiguresOf(group).some(
        ({ key, state, previousWithheld }) => quotedFigures.has(key) && (state === "withheld" || previousWithheld),
      ),
    ) || quotedCounters.some((column) => Number(counters[column]) > 0 && Number(counters[column]) < least)
  );
}
