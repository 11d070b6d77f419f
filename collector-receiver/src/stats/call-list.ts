/** The calls of models behind a figure of a period. */
import { addDays } from "../metrics/business-calendar.ts";
import { fractionOf, toNumber } from "../metrics/exact-fraction.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { periodUse } from "./ai-metrics.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { callLists } from "./lists/call-lists.ts";
import type { CallList } from "./lists/call-lists.ts";
import { listOrderOf } from "./lists/list-order.ts";
import type { ListOrder, ListPart } from "./lists/list-order.ts";
import { metricsOfPeriod } from "./period-metrics.ts";
import { stepsIn } from "./read-steps.ts";
import { readPeriod } from "./read-period.ts";
import type { PeriodReading } from "./read-period.ts";
import type { PeriodQuery } from "./report-period.ts";
import { callSorts, readCallList } from "./sql/read-call-list.ts";
import type { CallFilter, CallSort, ListedCall } from "./sql/read-call-list.ts";
import type { StatsContext } from "./stats-options.ts";

/** Up to here a period's calls are sorted by what no index holds. */
export const maxSortedCalls = 100_000;

/** In a filter: the call does not say it. */
export const unsaid = "—";

const isPosition = {
  key: /^-?\d{1,20}(?:\.\d{1,30})?$/,
  id: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
};

/** What an address asks of a list: the filter's words, `sort`, `after` and `before`. */
export type CallListWords = Readonly<
  Partial<Record<"provider" | "model" | "service_tier" | "session_id" | "sort" | "after" | "before", string>>
>;

export interface CallListReading {
  readonly reading: PeriodReading;
  readonly list: CallList;
  readonly filter: CallFilter;
  readonly order: ListOrder<CallSort>;
  /** False: there are too many calls to be sorted by anything but their time. */
  readonly canSort: boolean;
  /** Without a filter; null if no figure counts them. */
  readonly total: number | null;
  readonly part: ListPart<ListedCall>;
}

/**
 * Reads a part of the calls behind a figure.
 * @throws RequestError if the period or a position is wrong
 */
export async function readCallsOf(
  context: StatsContext,
  tenantId: string,
  period: PeriodQuery,
  { list, words, limit }: { readonly list: CallList; readonly words: CallListWords; readonly limit: number },
): Promise<CallListReading> {
  const reading = await readPeriod(context, tenantId, period);
  const canSort = periodUse(reading).calls <= maxSortedCalls;
  const order = listOrderOf(canSort ? words : { ...words, sort: undefined }, callSorts, isPosition);
  const filter = {
    provider: textOf(words.provider),
    model: textOf(words.model),
    serviceTier: textOf(words.service_tier),
    sessionId: textOf(words.session_id),
  };
  const { calendar, period: at } = reading;
  const days = stepsIn(at, "day").map(({ startDate }) => startDate);
  const part = await readCallList(context.pool, tenantId, {
    list,
    days,
    dayStartsMs: days.map((day) => calendar.startOfDay(day)),
    toMs: calendar.startOfDay(addDays(at.endDate, 1)),
    filter: {
      ...filter,
      provider: saidIn(filter.provider),
      model: saidIn(filter.model),
      serviceTier: saidIn(filter.serviceTier),
    },
    order,
    limit,
  });
  const { counter } = callLists[list];
  const total = counter === null ? null : (metricsOfPeriod(reading, context.locale).get(counter)?.value ?? 0);
  return { reading, list, filter, order, canSort, total, part };
}

/** An empty field filters nothing. */
function textOf(word: string | undefined): string | null {
  const text = (word ?? "").replaceAll("\0", "").trim();
  return text === "" ? null : text;
}

const saidIn = (word: string | null): string | null => (word === unsaid ? "" : word);

export interface CallDocument {
  readonly event_id: string;
  readonly occurred_at: string;
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
  readonly uncached_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly output_tokens: number;
  readonly duration_ms: number | null;
  readonly first_token_ms: number | null;
  readonly failed: boolean;
  readonly without_usage: boolean;
  readonly cost: number | null;
  readonly unpriced_tokens: number;
  readonly session_id: string | null;
  readonly trace_id: string | null;
}

export interface CallListDocument extends DocumentHeader {
  readonly of: CallList;
  readonly total: number | null;
  readonly calls: CallDocument[];
  readonly previous: string | null;
  readonly next: string | null;
}

/** A part of a list as the API gives it. */
export function callListDocument({ reading, list, total, part }: CallListReading, locale: Locale): CallListDocument {
  return {
    ...documentHeader(reading, locale),
    of: list,
    total,
    calls: part.rows.map((call) => ({
      event_id: call.eventId,
      occurred_at: new Date(call.occurredMs).toISOString(),
      provider: call.provider,
      model: call.model,
      service_tier: call.serviceTier,
      uncached_tokens: Number(call.uncached),
      cache_read_tokens: Number(call.cacheRead),
      cache_write_tokens: Number(call.cacheWrite),
      output_tokens: Number(call.output),
      duration_ms: call.durationMs,
      first_token_ms: call.firstTokenMs,
      failed: call.hasFailed,
      without_usage: call.isWithoutUsage,
      cost: call.cost === null ? null : toNumber(fractionOf(call.cost)),
      unpriced_tokens: Number(call.unpriced),
      session_id: call.sessionId,
      trace_id: call.traceId,
    })),
    previous: part.previous,
    next: part.next,
  };
}
