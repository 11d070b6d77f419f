import type { Pool } from "pg";
import { aiCallAttributes, aiCallEvent } from "../../metrics/ai-calls.ts";

/** Calls of one conversation that are read at most; more are a program's, not a person's. */
export const maxSessionCalls = 5_000;

/** A call of a model in a conversation. */
export interface SessionCall {
  readonly occurredAtMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The calls of a session in order: what counting reads of them. */
export async function readSessionCalls(
  pool: Pick<Pool, "query">,
  tenantId: string,
  sessionId: string,
): Promise<SessionCall[]> {
  const { rows } = await pool.query<{ ms: string; attributes: Record<string, unknown> }>({
    name: "stats-read-session-calls",
    text: readCallsSql,
    values: [tenantId, sessionId, aiCallEvent, aiCallAttributes],
  });
  return rows.map(({ ms, attributes }) => ({ occurredAtMs: Number(ms), attributes }));
}

const readCallsSql = `
select trunc(extract(epoch from occurred_at) * 1000)::text as ms,
  (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(event_data) where key = any ($4::text[])) as attributes
from analytics_events
where tenant_id = $1 and session_id = $2 and event_name = $3
order by occurred_at, event_id
limit ${maxSessionCalls}
`;

/** Tokens of calls on one business day, by what a price may depend on; as decimal text. */
export interface CallTokens {
  readonly day: string;
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly uncached: string;
  readonly cacheRead: string;
  readonly cacheWrite: string;
  readonly output: string;
}

/** What some tokens cost by the prices of their days; null if nothing of it has a price. */
export async function priceCalls(
  pool: Pick<Pool, "query">,
  tenantId: string,
  calls: readonly CallTokens[],
): Promise<{ readonly spend: string | null; readonly unpriced: string }> {
  const columns = ["day", "provider", "model", "serviceTier", "uncached", "cacheRead", "cacheWrite", "output"] as const;
  const { rows } = await pool.query<{ spend: string | null; unpriced: string }>({
    name: "stats-price-calls",
    text: priceCallsSql,
    values: [tenantId, ...columns.map((column) => calls.map((call) => call[column]))],
  });
  return rows[0] ?? { spend: null, unpriced: "0" };
}

// The rows of a day that prices compare as equal have one price.
const priceCallsSql = `
select sum(part.tokens * part.price * 0.000001) filter (where part.tokens <> 0 and part.price is not null)::text as spend,
  coalesce(sum(part.tokens) filter (where part.price is null), 0)::text as unpriced
from unnest($2::date[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
  as used (day, provider, model, service_tier, uncached, cache_read, cache_write, output)
left join lateral (
  select input_price, cached_input_price, cache_write_price, output_price
  from analytics_ai_spend known
  where known.tenant_id = $1 and known.day = used.day and known.provider = spanledger_price_word(used.provider)
    and known.model = spanledger_price_word(used.model)
    and known.service_tier = spanledger_price_word(used.service_tier)
  limit 1
) price on true
cross join lateral (values
  (used.uncached, price.input_price), (used.cache_read, price.cached_input_price),
  (used.cache_write, price.cache_write_price), (used.output, price.output_price)
) part (tokens, price)
`;
