import type { Locale } from "../metrics/format-metric.ts";
import { caseStudyOf } from "./case-study.ts";
import type { CaseStudy } from "./case-study.ts";
import { readQuerySuccessRates } from "./query-success-rates.ts";
import type { QuerySuccessRates } from "./query-success-rates.ts";
import { readPeriod } from "./read-period.ts";
import type { StatsReader } from "./read-period.ts";
import type { StatsOptions } from "./stats-options.ts";
import { summaryOf } from "./summary.ts";
import type { Summary } from "./summary.ts";

export interface BusinessStatsOptions extends Pick<StatsOptions, "pool" | "now"> {
  /** Default: `default`. */
  readonly tenantId?: string;
  /** Default: `zh-CN`. */
  readonly locale?: Locale;
}

/** The plan's `BusinessStats`: the documents of the routes, without HTTP. */
export class BusinessStats {
  readonly #reader: StatsReader;
  readonly #tenantId: string;
  readonly #locale: Locale;

  constructor({ pool, now = Date.now, tenantId = "default", locale = "zh-CN" }: BusinessStatsOptions) {
    this.#reader = { pool, now };
    this.#tenantId = tenantId;
    this.#locale = locale;
  }

  /**
   * Raw numbers of a month, with the month before.
   * @param month `YYYY-MM`
   * @throws RequestError if it is not a month
   */
  async getMonthlySummary(month: string): Promise<Summary> {
    return summaryOf(await readPeriod(this.#reader, this.#tenantId, { month }), this.#locale);
  }

  /**
   * The case study of a range of business days, both included.
   * @throws RequestError if a day is none, or they are in the wrong order
   */
  async getCaseStudyData(startDate: string, endDate: string): Promise<CaseStudy> {
    const days = { start_date: startDate, end_date: endDate };
    return caseStudyOf(await readPeriod(this.#reader, this.#tenantId, days), this.#locale);
  }

  /** Order and tracking queries of all that is recorded. */
  async getQuerySuccessRates(): Promise<QuerySuccessRates> {
    return readQuerySuccessRates(this.#reader, this.#tenantId, {}, this.#locale);
  }
}
