import { addDays } from "../metrics/business-calendar.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { describeAnnotation } from "./describe-annotation.ts";
import { readTenantToday } from "./read-period.ts";
import type { StatsReader } from "./read-period.ts";
import { parsePeriod } from "./report-period.ts";
import type { PeriodQuery } from "./report-period.ts";
import { readAnnotations } from "./sql/read-annotations.ts";
import type { Annotation } from "./sql/read-annotations.ts";

export interface AnnotationsDocument {
  readonly start_date: string;
  readonly end_date: string;
  readonly timezone: string;
  readonly annotations: DescribedAnnotation[];
}

interface DescribedAnnotation extends Omit<Annotation, "atMs"> {
  readonly at: string;
  /** The business day of it. */
  readonly date: string;
  /** In words. */
  readonly message: string;
}

/**
 * What happened in a period that charts over time mark.
 * @throws RequestError if the query is wrong
 */
export async function annotationsDocument(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  locale: Locale,
): Promise<AnnotationsDocument> {
  const { tenant, calendar, today } = await readTenantToday(reader, tenantId);
  const { startDate, endDate } = parsePeriod(query, today);
  const [fromMs, toMs] = [calendar.startOfDay(startDate), calendar.startOfDay(addDays(endDate, 1))];
  const found = await readAnnotations(reader.pool, tenantId, fromMs, toMs);
  return {
    start_date: startDate,
    end_date: endDate,
    timezone: tenant.timezone,
    annotations: found.map(({ atMs, ...annotation }) => ({
      at: new Date(atMs).toISOString(),
      date: calendar.dayOf(atMs),
      ...annotation,
      message: describeAnnotation({ ...annotation, atMs }, locale),
    })),
  };
}
