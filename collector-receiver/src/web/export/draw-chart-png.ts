import { describeInstant, describePeriod } from "../../stats/describe-period.ts";
import type { ReportChart } from "../charts/report-chart.ts";
import { svgFile } from "../charts/write-svg.ts";
import type { ReportContext } from "../report/report-context.ts";
import { reportFontFamily, reportFontFiles } from "./report-fonts.ts";

/** Width of the drawing in px before it is enlarged. */
const drawnWidth = 760;
/** Twice: sharp on a slide. */
const enlarged = 2;

/** A chart as PNG for slides, 1600 px wide, with its title, its month and where its numbers are from; null if it is empty. */
export async function drawChartPng(
  chart: ReportChart,
  context: ReportContext,
  options: { readonly sampleData: boolean },
): Promise<Buffer | null> {
  if (chart.draw === null) return null;
  const { texts, locale, material } = context;
  const { reading } = material;
  const title = `${chart.title} · ${describePeriod(reading.period, locale)}`;
  const instant = texts.asOf(describeInstant(reading.nowMs, reading.tenant.timezone, locale));
  const caption = options.sampleData ? `${texts.sampleData} ${instant}` : `${texts.product} · ${instant}`;
  // Loaded with the first picture: a receiver that only ingests has no need of it.
  const { renderAsync } = await import("@resvg/resvg-js");
  const picture = await renderAsync(svgFile(chart.draw(drawnWidth, chart.id), title, caption, reportFontFamily), {
    fitTo: { mode: "zoom", value: enlarged },
    font: { loadSystemFonts: false, fontFiles: [...reportFontFiles], defaultFontFamily: reportFontFamily },
  });
  return picture.asPng();
}
