import type { ModelPrice } from "../../metrics/model-prices.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Names a price among those of a tenant. */
export type ModelPriceKey = Pick<ModelPrice, "provider" | "model" | "serviceTier" | "validFrom">;

/** Stores prices of models, in the open transaction; one with the same key is replaced. */
export async function storeModelPrices(
  client: WriterConnection,
  tenantId: string,
  prices: readonly ModelPrice[],
): Promise<void> {
  await client.query({
    text: `
      insert into analytics_model_prices (tenant_id, provider, model, service_tier, valid_from, input, cached_input, cache_write, output)
      select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[])
      on conflict (tenant_id, provider, model, service_tier, valid_from) do update set
        input = excluded.input, cached_input = excluded.cached_input, cache_write = excluded.cache_write, output = excluded.output`,
    values: [
      tenantId,
      prices.map(({ provider }) => provider),
      prices.map(({ model }) => model),
      prices.map(({ serviceTier }) => serviceTier),
      prices.map(({ validFrom }) => validFrom),
      prices.map(({ input }) => input),
      prices.map(({ cachedInput }) => cachedInput),
      prices.map(({ cacheWrite }) => cacheWrite),
      prices.map(({ output }) => output),
    ],
  });
}

/** Removes a price, in the open transaction. @returns false if there was none */
export async function deleteModelPrice(
  client: WriterConnection,
  tenantId: string,
  { provider, model, serviceTier, validFrom }: ModelPriceKey,
): Promise<boolean> {
  const { rowCount } = await client.query({
    text: `
      delete from analytics_model_prices
      where tenant_id = $1 and provider = $2 and model = $3 and service_tier = $4 and valid_from = $5::date`,
    values: [tenantId, provider, model, serviceTier, validFrom],
  });
  return rowCount === 1;
}
