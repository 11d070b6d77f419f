import type { ReportContext } from "../report/report-context.ts";
import { readableText } from "../page/html.ts";
import { compilePdf } from "./compile-pdf.ts";
import { reportDocument } from "./report-document.ts";
import { reportFontFolder } from "./report-fonts.ts";
import { reportTemplate } from "./report-template.ts";

/** The report as PDF: made by Typst in a thread of this process, fonts embedded, no browser. */
export function writeReportPdf(
  tenantId: string,
  context: ReportContext,
  options: { readonly sampleData: boolean },
): Promise<Buffer> {
  return compilePdf(tenantId, {
    source: reportTemplate,
    input: JSON.stringify(reportDocument(context, options), readable),
    fontFolder: reportFontFolder,
    createdAtSeconds: Math.floor(context.material.reading.nowMs / 1000),
  });
}

/** For JSON.stringify: Typst draws a forbidden character as a box, or not at all. */
function readable(_key: string, value: unknown): unknown {
  return typeof value === "string" ? readableText(value) : value;
}
