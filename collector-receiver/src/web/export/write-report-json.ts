import { documentHeader } from "../../stats/document-header.ts";
import { chartsOf } from "../charts/all-charts.ts";
import { completenessShare } from "../../stats/sql/read-completeness.ts";
import type { ReportContext } from "../report/report-context.ts";
import { allFiguresOf, figureGroupsOf } from "../report/report-figures.ts";
import type { Figure } from "../report/report-figures.ts";
import { storyOf } from "../report/report-story.ts";

/**
 * The report as JSON, for the readers of a shared copy: what the page shows, and no more than that. Whoever may
 * read everything has `GET /api/analytics/case-study`.
 */
export function writeReportJson(context: ReportContext, options: { readonly sampleData: boolean }): string {
  const { locale, material, least } = context;
  const groups = figureGroupsOf(context);
  const story = storyOf(context, groups);
  return JSON.stringify(
    {
      ...documentHeader(material.reading, locale),
      month: material.month,
      sample_data: options.sampleData,
      /** Figures over fewer than so many are withheld. */
      least_group: least,
      completeness_percent: completenessShare(material.completeness),
      story: story.withheld ? null : story.text,
      notes: story.notes,
      groups: groups.map((group) => ({
        group: group.group,
        reported: group.reported,
        figures: allFiguresOf(group).map((figure) => describeFigure(figure)),
      })),
      charts: chartsOf(context).map(({ id, title, summary, table }) => ({
        id,
        title,
        summary,
        columns: table.columns,
        rows: table.rows.map((row) => row.map(({ text, value }) => (value === undefined ? text : value))),
      })),
    },
    null,
    2,
  );
}

function describeFigure({ key, definition, metric, state, previousWithheld }: Figure): object {
  const named = { key, name: definition.name, formula: definition.formula, unit: metric.unit, state };
  if (state === "withheld") return named;
  return {
    ...named,
    value: metric.value,
    formatted: metric.formatted,
    numerator: metric.numerator,
    denominator: metric.denominator,
    low_sample: metric.low_sample,
    ...(previousWithheld
      ? {}
      : {
          compared: metric.compared.value,
          before: metric.previous.value,
          by_day: metric.by_day,
          change: metric.change?.formatted ?? null,
        }),
    ...(metric.estimate === true ? { estimate: true } : {}),
    definition_version: definition.definition_version,
  };
}
