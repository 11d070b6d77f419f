import { describePeriod } from "../../stats/describe-period.ts";
import { hasBefore, judgedChangeOf } from "./describe-figure.ts";
import { shownValue } from "./render-figure.ts";
import type { ReportContext } from "./report-context.ts";
import { figureGroupsOf } from "./report-figures.ts";
import { storyOf } from "./report-story.ts";
import { stripFiguresOf } from "./strip-figures.ts";

/** A report in a few lines, for messages. */
export interface ReportSummary {
  /** The name of the tenant; null if it has none. */
  readonly tenantName: string | null;
  /** The period: "December 2025". */
  readonly title: string;
  /** The story, and what to know before quoting it. */
  readonly sentences: readonly string[];
  /** The five figures of the first screen, each with its change. */
  readonly figures: readonly { readonly label: string; readonly value: string }[];
}

/** The figures and the story of a report as its page shows them; what a shared copy withholds is withheld here too. */
export function summariseReport(context: ReportContext): ReportSummary {
  const { locale, material } = context;
  const groups = figureGroupsOf(context);
  const { text, notes } = storyOf(context, groups);
  return {
    tenantName: material.branding.name,
    title: describePeriod(material.reading.period, locale),
    sentences: [text, ...notes],
    figures: stripFiguresOf(context, groups)
      .filter(({ figure }) => figure.state !== "never_reported")
      .map(({ title, figure }) => {
        const change = figure.state === "known" && hasBefore(context) ? judgedChangeOf(figure, context) : null;
        const value = shownValue(figure, context);
        return { label: title, value: change === null ? value : `${value} · ${change.text}` };
      }),
  };
}
