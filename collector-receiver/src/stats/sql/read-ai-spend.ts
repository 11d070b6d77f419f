import type { Pool } from "pg";
import { aiColumns } from "../../metrics/ai-calls.ts";
import type { DayRange } from "../report-period.ts";

/** What calls of models used and cost, added exactly; tokens and money as decimal text. */
export interface AiUse {
  readonly calls: number;
  readonly failed: number;
  readonly withoutUsage: number;
  readonly withoutSession: number;
  readonly unclear: number;
  /** Calls of which a sampler let only some arrive. */
  readonly sampled: number;
  readonly uncached: string;
  readonly cacheRead: string;
  readonly cacheWrite: string;
  readonly output: string;
  /** Null: nothing of it has a price. */
  readonly spend: string | null;
  /** Tokens without a price. */
  readonly unpriced: string;
}

/** Nothing was called. */
export const noAiUse: AiUse = {
  calls: 0,
  failed: 0,
  withoutUsage: 0,
  withoutSession: 0,
  unclear: 0,
  sampled: 0,
  uncached: "0",
  cacheRead: "0",
  cacheWrite: "0",
  output: "0",
  spend: "0",
  unpriced: "0",
};

/** What calls of one model used and cost; names as prices compare them. */
export interface AiModelUse extends AiUse {
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
}

const sums = `
  sum(calls)::float8 as calls, sum(failed_calls)::float8 as failed, sum(calls_without_usage)::float8 as "withoutUsage",
  sum(calls_without_session)::float8 as "withoutSession", sum(unclear_calls)::float8 as unclear,
  sum(sampled_calls)::float8 as sampled, sum(uncached_tokens)::text as uncached, sum(cache_read_tokens)::text as "cacheRead",
  sum(cache_write_tokens)::text as "cacheWrite", sum(output_tokens)::text as output,
  sum(spend)::text as spend, sum(unpriced_tokens)::text as unpriced`;

/** What was used in each range of days, in the order asked for; null for a range without a call. */
export async function readAiUse(
  pool: Pick<Pool, "query">,
  tenantId: string,
  ranges: readonly DayRange[],
): Promise<(AiUse | null)[]> {
  const { rows } = await pool.query<AiUse & { readonly place: number }>({
    name: "stats-read-ai-use",
    text: readUseSql,
    values: [tenantId, ranges.map(({ startDate }) => startDate), ranges.map(({ endDate }) => endDate)],
  });
  const byPlace = new Map(rows.map(({ place, ...use }) => [place, use]));
  return ranges.map((_, index) => byPlace.get(index + 1) ?? null);
}

// Each day is priced once, however many ranges it is in.
const readUseSql = `
with wanted as (
  select place, first_day, last_day
  from unnest($2::date[], $3::date[]) with ordinality as range (first_day, last_day, place)
), days as materialized (
  select day, ${columnSums()}
  from analytics_ai_spend
  where tenant_id = $1
    and day between (select min(first_day) from wanted) and (select max(last_day) from wanted)
  group by day
)
select place::int as place, ${sums}
from wanted
join days on day between first_day and last_day
group by place
`;

function columnSums(): string {
  return [...aiColumns, "spend", "unpriced_tokens"].map((column) => `sum(${column}) as ${column}`).join(", ");
}

/** The models of a range of days, the most called first. */
export async function readAiModels(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { startDate, endDate }: DayRange,
  limit: number,
): Promise<AiModelUse[]> {
  const { rows } = await pool.query<AiModelUse>({
    name: "stats-read-ai-models",
    text: readModelsSql,
    values: [tenantId, startDate, endDate, limit],
  });
  return rows;
}

const readModelsSql = `
select provider, model, service_tier as "serviceTier", ${sums}
from analytics_ai_spend
where tenant_id = $1 and day between $2 and $3
group by provider, model, service_tier
order by sum(analytics_ai_spend.calls) desc, provider, model, service_tier
limit $4
`;

/** Every model of a range of days that used tokens without a price, the most of them first. */
export async function readUnpricedModels(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { startDate, endDate }: DayRange,
): Promise<Pick<AiModelUse, "provider" | "model">[]> {
  const { rows } = await pool.query<Pick<AiModelUse, "provider" | "model">>({
    name: "stats-read-unpriced-models",
    text: readUnpricedSql,
    values: [tenantId, startDate, endDate],
  });
  return rows;
}

const readUnpricedSql = `
select provider, model
from analytics_ai_spend
where tenant_id = $1 and day between $2 and $3
group by provider, model
having sum(unpriced_tokens) > 0
order by sum(unpriced_tokens) desc, provider, model
`;
