import { addDays } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { qualityCodes, qualityKinds } from "../metrics/quality-codes.ts";
import type { QualityCode, QualityKind } from "../metrics/quality-codes.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { readPeriod } from "./read-period.ts";
import type { StatsReader } from "./read-period.ts";
import type { PeriodQuery } from "./report-period.ts";
import { readClocksAhead } from "./sql/read-clocks-ahead.ts";
import type { ClockAhead } from "./sql/read-clocks-ahead.ts";
import { readCompleteness } from "./sql/read-completeness.ts";
import type { Completeness } from "./sql/read-completeness.ts";
import { readQualityBase, readQualityRows } from "./sql/read-quality.ts";
import type { QualityRow } from "./sql/read-quality.ts";
import { readQualityExamples } from "./sql/read-quality-examples.ts";
import type { QualityExample } from "./sql/read-quality-examples.ts";

/** One line of the ledger in a period. */
export interface DataQualityEntry {
  readonly code: QualityCode;
  readonly kind: QualityKind;
  /** Empty for a rejected event without a name. */
  readonly event: string;
  /** Empty if the whole event is meant; `other` for one that is not declared. */
  readonly attribute: string;
  /** The unknown word, or the code of the rejection; else empty. */
  readonly detail: string;
  readonly events: number;
  readonly first_day: string;
  readonly last_day: string;
  readonly meaning: string;
  readonly action: string;
  /** At most three events that are still stored, of the last days. */
  readonly examples: QualityExample[];
  /** Of rejected events, the keys of at most three rows, in hex. */
  readonly rejections: string[];
}

export interface DataQuality extends DocumentHeader {
  /** Events that are counted in the period. */
  readonly events: number;
  readonly kinds: { readonly kind: QualityKind; readonly name: string; readonly events: number }[];
  readonly entries: DataQualityEntry[];
  /** False if there are more entries than are listed. */
  readonly complete: boolean;
  /** What is known beside the ledger: of the sources that were active in the period. */
  readonly evidence: Omit<Completeness, "counted"> & {
    readonly unkept_rejections: number;
    /** Senders whose clock runs ahead now, whatever the period. */
    readonly clocks_ahead: ClockAhead[];
  };
}

const maxEntries = 200;

/** What the numbers of a period rest on. */
export async function readDataQuality(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  locale: Locale,
): Promise<DataQuality> {
  const reading = await readPeriod(reader, tenantId, query);
  const { period, calendar } = reading;
  const { pool } = reader;
  const [rows, base, clocks, completeness] = await Promise.all([
    readQualityRows(pool, tenantId, period, maxEntries + 1),
    readQualityBase(pool, tenantId, period),
    readClocksAhead(pool, tenantId),
    readCompleteness(
      pool,
      tenantId,
      calendar.startOfDay(period.startDate),
      calendar.startOfDay(addDays(period.endDate, 1)),
    ),
  ]);
  const { recorded, dropped, missing } = completeness;
  const language = locale === "en" ? "en" : "zh";
  const shown = rows.slice(0, maxEntries);
  const examples = await readQualityExamples(pool, tenantId, shown);
  const entries = shown.map((row) => entryOf(row, examples, language));
  return {
    ...documentHeader(reading, locale),
    events: base.events,
    kinds: Object.entries(qualityKinds).map(([kind, name]) => ({
      kind: kind as QualityKind,
      name: name[language],
      events: reading.quality.get(kind as QualityKind) ?? 0,
    })),
    entries,
    complete: rows.length <= maxEntries,
    evidence: { recorded, dropped, missing, unkept_rejections: base.unkept, clocks_ahead: clocks },
  };
}

function entryOf(
  row: QualityRow,
  examples: ReadonlyMap<QualityRow, QualityExample[]>,
  language: "en" | "zh",
): DataQualityEntry {
  const { kind, [language]: meaning, [`${language}Action` as const]: action } = qualityCodes[row.code];
  const isRejection = row.code === "rejected";
  return {
    code: row.code,
    kind,
    event: row.eventName,
    attribute: row.attribute,
    detail: row.detail,
    events: row.events,
    first_day: row.firstDay,
    last_day: row.lastDay,
    meaning,
    action,
    examples: examples.get(row) ?? [],
    rejections: isRejection ? [...row.examples] : [],
  };
}

/** When a business day begins, and when the next one does. */
export function instantsOfDay(calendar: BusinessCalendar, day: string): { fromMs: number; toMs: number } {
  return { fromMs: calendar.startOfDay(day), toMs: calendar.startOfDay(addDays(day, 1)) };
}
