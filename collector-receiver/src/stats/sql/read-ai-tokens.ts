import type { Pool } from "pg";
import type { TokenUse } from "../../metrics/model-prices.ts";
import type { DayRange } from "../report-period.ts";

/** Calls of one model on one business day. */
export interface AiTokensRow extends TokenUse {
  readonly calls: number;
  readonly failed: number;
  readonly withoutUsage: number;
  readonly withoutSession: number;
  readonly unclear: number;
}

/** Days of models that are read at most: a sender that invents models must not take a reader's memory. */
export const maxAiTokensRows = 50_000;

/** What calls of models used in a range of days. */
export async function readAiTokens(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { startDate, endDate }: DayRange,
): Promise<AiTokensRow[]> {
  const { rows } = await pool.query<AiTokensRow>({
    name: "stats-read-ai-tokens",
    text: readTokensSql,
    values: [tenantId, startDate, endDate],
  });
  return rows;
}

const readTokensSql = `
select day::text, provider, model, service_tier as "serviceTier",
  calls::float8, failed_calls::float8 as failed, calls_without_usage::float8 as "withoutUsage",
  calls_without_session::float8 as "withoutSession", unclear_calls::float8 as unclear,
  uncached_tokens::text as uncached, cache_read_tokens::text as "cacheRead", cache_write_tokens::text as "cacheWrite",
  output_tokens::text as output
from analytics_ai_tokens
where tenant_id = $1 and day between $2 and $3 and calls <> 0
order by day, provider, model, service_tier
limit ${maxAiTokensRows}
`;
