import type { Locale } from "../../metrics/format-metric.ts";

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
}

export interface FreezeOptions {
  readonly least: number;
  readonly expiresAt: Date;
  readonly sampleData: boolean;
}
