import type { Pool } from "pg";
import type { ModelPrice } from "../../metrics/model-prices.ts";

interface Row {
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
  readonly valid_from: string;
  readonly input: string;
  readonly cached_input: string | null;
  readonly cache_write: string | null;
  readonly output: string | null;
}

/** The prices of a tenant, in the order of their keys. */
export async function readModelPrices(pool: Pick<Pool, "query">, tenantId: string): Promise<ModelPrice[]> {
  const { rows } = await pool.query<Row>({ name: "stats-read-model-prices", text: readPricesSql, values: [tenantId] });
  return rows.map((row) => ({
    provider: row.provider,
    model: row.model,
    serviceTier: row.service_tier,
    validFrom: row.valid_from,
    input: row.input,
    cachedInput: row.cached_input,
    cacheWrite: row.cache_write,
    output: row.output,
  }));
}

const readPricesSql = `
select provider, model, service_tier, valid_from::text, input::text, cached_input::text, cache_write::text, output::text
from analytics_model_prices where tenant_id = $1
order by provider, model, service_tier, valid_from
`;
