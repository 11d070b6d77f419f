import type { Pool } from "pg";
import { aiCallEvent } from "../../metrics/ai-calls.ts";
import { sessionMark } from "../../metrics/session-marks.ts";
import { instantOf } from "../../storage/wire/instant-of.ts";
import { callLists } from "../lists/call-lists.ts";
import type { CallList } from "../lists/call-lists.ts";
import { partOf, partSql } from "../lists/list-order.ts";
import type { ListOrder, ListPart, SortedColumn } from "../lists/list-order.ts";

/** A call of a model with what it used and cost; tokens and money as decimal text. */
export interface ListedCall {
  readonly eventId: string;
  readonly occurredMs: number;
  /** As prices compare them; empty if the call does not say it. */
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly uncached: string;
  readonly cacheRead: string;
  readonly cacheWrite: string;
  readonly output: string;
  readonly durationMs: number | null;
  readonly firstTokenMs: number | null;
  readonly hasFailed: boolean;
  /** It did not fail, and does not tell what it used. */
  readonly isWithoutUsage: boolean;
  /** By the prices of its day; null if nothing that it used has a price, or nobody knows what it used. */
  readonly cost: string | null;
  /** Tokens without a price. */
  readonly unpriced: string;
  readonly sessionId: string | null;
  readonly traceId: string | null;
  /** What the list is sorted by. */
  readonly key: string;
}

/** By which the calls can be sorted; all but the time without an index. */
export const callSorts = ["time", "cost", "tokens", "duration", "first_token"] as const;
export type CallSort = (typeof callSorts)[number];

/** Null: any. */
export interface CallFilter {
  readonly provider: string | null;
  readonly model: string | null;
  readonly serviceTier: string | null;
  readonly sessionId: string | null;
}

export interface CallListQuery {
  readonly list: CallList;
  /** Every business day of the period, in order, and the instants (ms) at which they begin. */
  readonly days: readonly string[];
  readonly dayStartsMs: readonly number[];
  /** The instant (ms) before which the last day ends. */
  readonly toMs: number;
  readonly filter: CallFilter;
  readonly order: ListOrder<CallSort>;
  readonly limit: number;
}

interface Row extends Omit<ListedCall, "occurredMs" | "durationMs" | "firstTokenMs"> {
  readonly occurredMs: string;
  readonly durationMs: string | null;
  readonly firstTokenMs: string | null;
}

/** A part of the calls behind a figure. In the order of their time it is read by the index on it. */
export async function readCallList(
  pool: Pick<Pool, "query">,
  tenantId: string,
  query: CallListQuery,
): Promise<ListPart<ListedCall>> {
  const { days, filter, order, limit } = query;
  const direction = order.descending ? "down" : "up";
  const { rows } = await pool.query<Row>({
    name: `stats-read-call-list-${query.list}-${order.by}-${direction}-${order.from?.side ?? "first"}`,
    text: callListSql(query),
    values: [
      tenantId,
      days,
      query.dayStartsMs.map(iso),
      iso(query.toMs),
      // One more than is shown says whether there is another page.
      limit + 1,
      order.from?.key ?? null,
      order.from?.id ?? null,
      filter.provider,
      filter.model,
      filter.serviceTier,
      filter.sessionId,
    ],
  });
  const calls = rows.map((row) => ({
    ...row,
    occurredMs: Number(row.occurredMs),
    durationMs: numberOf(row.durationMs),
    firstTokenMs: numberOf(row.firstTokenMs),
  }));
  return partOf(calls, limit, order, ({ key, eventId }) => ({ key, id: eventId }));
}

const iso = (ms: number): string => new Date(ms).toISOString();
const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));

/** SQL: a word as `priceWordOf` counts it and prices compare it. The class is JavaScript's `\s`. */
const wordSql = (attribute: string): string => {
  const white = String.raw`[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+`;
  const counted = `btrim(left(btrim(regexp_replace(event_data ->> '${attribute}', '${white}', ' ', 'g')), 64))`;
  return `coalesce(spanledger_price_word(${counted}), '')`;
};

/** SQL: a number of a call; null if it does not say it. */
const numberSql = (attribute: string): string =>
  `case when jsonb_typeof(event_data -> '${attribute}') = 'number' then (event_data ->> '${attribute}')::numeric end`;

const millisecondsOf = (instant: string): string => `trunc(extract(epoch from ${instant}) * 1000)::bigint`;
const asNumber = (text: string): string => `${text}::numeric`;
const asId = (text: string): string => `${text}::uuid`;

/** A value that is not known comes last in both directions. */
const sortedBy = (value: string): SortedColumn => ({
  ascending: `coalesce(${value}, 1e18)`,
  descending: `coalesce(${value}, -1)`,
  keyFrom: asNumber,
  idFrom: asId,
});

const columns: Readonly<Record<CallSort, SortedColumn>> = {
  time: { ascending: "occurred_at", descending: "occurred_at", keyFrom: instantOf, idFrom: asId },
  cost: sortedBy("cost"),
  tokens: sortedBy("uncached + cache_read + cache_write + output"),
  duration: sortedBy("duration_ms"),
  first_token: sortedBy("first_token_ms"),
};

/** @returns SQL with 11 parameters, in the order of `readCallList` */
export function callListSql({ list, order }: Pick<CallListQuery, "list" | "order">): string {
  const { condition } = callLists[list];
  const part = partSql(order, columns[order.by], "event_id", { key: "$6", id: "$7" });
  const key = order.by === "time" ? millisecondsOf("occurred_at") : part.key;
  // Prices are looked up of the part alone if they do not decide what is in it.
  const needsPrices = order.by === "cost" || list === "ai_calls_unpriced";
  return `
with priced as materialized (${pricesSql}),
calls as (${callsSql}),
shown as (
  select *, ${key} as key
  from ${needsPrices ? `(${costsSql("calls")}) as calls` : "calls"}
  where ${condition} and ${part.condition}
  order by ${part.key} ${part.direction}, event_id ${part.direction} limit $5
)
select event_id as "eventId", ${millisecondsOf("occurred_at")}::text as "occurredMs", provider, model,
  service_tier as "serviceTier", uncached::text, cache_read::text as "cacheRead", cache_write::text as "cacheWrite",
  output::text, duration_ms::text as "durationMs", first_token_ms::text as "firstTokenMs", has_failed as "hasFailed",
  is_without_usage as "isWithoutUsage", cost::text, unpriced::text, session_id as "sessionId", trace_id as "traceId",
  key::text
from ${needsPrices ? "shown" : `(${costsSql("shown")}) as shown`}
order by shown.key ${part.direction}, event_id ${part.direction}`;
}

/** The prices of each day, for each model that was called on it. */
const pricesSql = `
  select distinct on (day, provider, model, service_tier) day, provider, model, service_tier,
    input_price, cached_input_price, cache_write_price, output_price
  from analytics_ai_spend
  where tenant_id = $1 and day between ($2::date[])[1] and ($2::date[])[cardinality($2::date[])]
  order by day, provider, model, service_tier`;

/** The calls that count, as `aiAmountsOf` counts them. Name and test stand as constants: the partial indexes have them. */
const callsSql = `
  select event_id, occurred_at, session_id, trace_id, provider, model, service_tier,
    greatest(0, input - cache_read - cache_write) as uncached, cache_read, cache_write, output,
    duration_ms, first_token_ms, has_failed, not has_failed and not has_usage as is_without_usage
  from (
    select event_id, occurred_at, session_id, trace_id,
      ${wordSql("provider")} as provider, ${wordSql("model")} as model, ${wordSql("service_tier")} as service_tier,
      coalesce(${numberSql("input_tokens")}, 0) as input,
      coalesce(${numberSql("cached_input_tokens")}, 0) as cache_read,
      coalesce(${numberSql("cache_write_tokens")}, 0) as cache_write,
      coalesce(${numberSql("output_tokens")}, 0) as output,
      ${numberSql("duration_ms")} as duration_ms, ${numberSql("first_token_ms")} as first_token_ms,
      (event_data -> 'error') is not distinct from 'true' as has_failed,
      coalesce(jsonb_typeof(event_data -> 'input_tokens') = 'number', false)
        or coalesce(jsonb_typeof(event_data -> 'output_tokens') = 'number', false) as has_usage
    from analytics_events e
    where tenant_id = $1 and event_name = '${aiCallEvent}' and (event_data -> 'test') is distinct from 'true'
      and occurred_at >= ($3::timestamptz[])[1] and occurred_at < $4::timestamptz
      and ($11::text is null or session_id = $11)
      and not exists (
        select from analytics_sessions s
        where s.tenant_id = $1 and s.session_id = e.session_id and s.marks & ${sessionMark.test} <> 0
      )
  ) as told
  where ($8::text is null or provider = spanledger_price_word($8))
    and ($9::text is null or model = spanledger_price_word($9))
    and ($10::text is null or service_tier = spanledger_price_word($10))`;

/** Calls with what they cost, by the same rules as `analytics_ai_spend`. */
function costsSql(calls: string): string {
  return `
  select used.*, sums.unpriced,
    coalesce(sums.spend, case when sums.unpriced = 0 and not is_without_usage then 0 end) as cost
  from ${calls} as used
  left join priced on priced.day = ($2::date[])[width_bucket(used.occurred_at, $3::timestamptz[])]
    and priced.provider = used.provider and priced.model = used.model and priced.service_tier = used.service_tier
  cross join lateral (
    select sum(tokens * price * 0.000001) filter (where tokens <> 0 and price is not null) as spend,
      coalesce(sum(tokens) filter (where price is null), 0) as unpriced
    from (values (uncached, input_price), (cache_read, cached_input_price), (cache_write, cache_write_price),
      (output, output_price)) as part (tokens, price)
  ) as sums`;
}
