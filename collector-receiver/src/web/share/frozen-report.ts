import type { Locale } from "../../metrics/format-metric.ts";
import type { ReportSummary } from "../report/summarise-report.ts";

/** A file of a shared copy, in one language. */
export interface FrozenFile {
  readonly locale: Locale;
  /** `report.pdf`, `report.csv`, `report.json`, or a chart: `sessions.png`. */
  readonly name: string;
  readonly content: Buffer;
}

export interface FrozenReport {
  /** The period in names of files. */
  readonly slug: string;
  readonly pages: Readonly<Record<Locale, string>>;
  readonly files: readonly FrozenFile[];
  /** For messages that lead to the copy. */
  readonly summaries: Readonly<Record<Locale, ReportSummary>>;
}

export interface FreezeOptions {
  readonly least: number;
  readonly expiresAt: Date;
  readonly sampleData: boolean;
}
