import type { ReportContext } from "../report/report-context.ts";

interface ChartState {
  /** The product whose events it shows. */
  readonly product: "chatbot" | "workbench";
  /** True if there is nothing to show, which `none` then says. */
  readonly isEmpty: boolean;
  readonly none: string;
  /** True if the figures rest on too few to be shown in a shared copy. */
  readonly isFew: boolean;
}

/** The sentence under a chart: why it shows nothing, or what it shows. */
export function summariseChart(
  { texts, material, least }: ReportContext,
  { product, isEmpty, none, isFew }: ChartState,
  tell: () => string,
): string {
  if (!hasReported(material, product)) return texts.chart.missingProduct[product];
  if (isEmpty) return none;
  return isFew ? texts.chart.withheld(least ?? 0) : tell();
}

/** True if the product has ever sent an event. */
export function hasReported({ reading }: ReportContext["material"], product: ChartState["product"]): boolean {
  return product === "chatbot" ? reading.tenant.chatbotReported : reading.tenant.workbenchReported;
}
