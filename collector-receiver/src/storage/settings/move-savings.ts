import { definedMetrics } from "../../metrics/metric-dictionary.ts";
import { costDecimals } from "../../metrics/session-contribution.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** A price is of a million tokens: digits beyond these buy nothing. */
const priceDecimals = 9;

const moneyMetrics = definedMetrics.filter(({ unit }) => unit === "currency").map(({ key }) => key);

/** SQL: a cost as savings count it, whatever decimals it has. */
const counted = (cost: string): string => `round(${cost}, ${costDecimals})`;

/** SQL: the cost of a manual session on the day `day.period_start`; no row before the first cost. */
const costOfDay = `
  select ${counted("c.cost_per_manual_session")} as cost from analytics_costs c
  where c.tenant_id = $1 and c.valid_from <= day.period_start order by c.valid_from desc limit 1`;

/** SQL: the days of the counters and of segments, as `day`. */
const businessDays = "(select * from analytics_business_metrics where tenant_id = $1 and period_type = 'day') as day";
const segmentDays = "(select *, day as period_start from analytics_segment_counters where tenant_id = $1) as day";

/**
 * Moves the savings of days, of their segments, and of their weeks and months, in the open transaction.
 * @param saved SQL: by how much the savings of the row `day` change, whose day is `period_start`; `before.cost` is the cost of a
 *   session on it; $1 is the tenant
 * @param where SQL that is true of the rows that change
 */
async function moveSavings(
  client: WriterConnection,
  saved: string,
  where: string,
  values: readonly unknown[],
): Promise<void> {
  const changedOf = (days: string): string =>
    `select day.*, ${saved} as saved from ${days} cross join lateral (${costOfDay}) as before where ${where}`;
  await client.query({
    text: `
      with changed as (${changedOf(businessDays)}), of_period as (
        select period.period_type, period.period_value, sum(saved) as saved
        from changed cross join lateral (values
          ('day', to_char(period_start, 'YYYY-MM-DD')), ('week', to_char(period_start, 'IYYY"-W"IW')),
          ('month', to_char(period_start, 'YYYY-MM'))
        ) as period (period_type, period_value)
        where saved <> 0 group by period.period_type, period.period_value
      )
      update analytics_business_metrics m
      set estimated_cost_saved = m.estimated_cost_saved + of_period.saved, revision = m.revision + 1, updated_at = now()
      from of_period
      where m.tenant_id = $1 and m.period_type = of_period.period_type and m.period_value = of_period.period_value`,
    values: [...values],
  });
  await client.query({
    text: `
      update analytics_segment_counters m set estimated_cost_saved = m.estimated_cost_saved + changed.saved
      from (${changedOf(segmentDays)}) as changed
      where m.tenant_id = $1 and m.day = changed.day and m.dimension = changed.dimension and m.value = changed.value
        and changed.saved <> 0`,
    values: [...values],
  });
}

/**
 * Stores what a manual session costs from a business day on, until the next cost that is stored, and moves the savings of the
 * days that it covers, and of their weeks and months, by what that changes; sealed days too.
 */
export async function changeCost(
  client: WriterConnection,
  tenantId: string,
  validFrom: string,
  cost: string,
): Promise<void> {
  await moveSavings(
    client,
    `day.ai_resolved_sessions * (${counted("$3::numeric")} - before.cost)`,
    `day.period_start >= $2::date and day.period_start < coalesce((
        select min(c.valid_from) from analytics_costs c where c.tenant_id = $1 and c.valid_from > $2::date), 'infinity')`,
    [tenantId, validFrom, cost],
  );
  await client.query({
    text: `
      insert into analytics_costs (tenant_id, valid_from, cost_per_manual_session) values ($1, $2::date, $3::numeric)
      on conflict (tenant_id, valid_from) do update set cost_per_manual_session = excluded.cost_per_manual_session`,
    values: [tenantId, validFrom, cost],
  });
}

/**
 * Converts the costs of a manual session, rounded half up as savings count them, the savings of all days, weeks and
 * months, sealed ones too, the prices of models, and goals and budgets of money; those of the config are the config's. A day's
 * savings are again its resolved sessions × its cost.
 * @param rate units of the new currency for one of the old, as decimal text
 */
export async function convertMoney(client: WriterConnection, tenantId: string, rate: string): Promise<void> {
  await moveSavings(
    client,
    `day.ai_resolved_sessions * (${counted("before.cost * $2::numeric")} - before.cost)
      + round((day.estimated_cost_saved - day.ai_resolved_sessions * before.cost) * ($2::numeric - 1), ${costDecimals})`,
    "true",
    [tenantId, rate],
  );
  await client.query({
    text: `
      update analytics_costs
      set cost_per_manual_session = ${counted(`${counted("cost_per_manual_session")} * $2::numeric`)} where tenant_id = $1`,
    values: [tenantId, rate],
  });
  const prices = ["input", "cached_input", "cache_write", "output"].map(
    (name) => `${name} = trim_scale(round(${name} * $2::numeric, ${priceDecimals}))`,
  );
  await client.query({
    text: `update analytics_model_prices set ${prices.join(", ")} where tenant_id = $1`,
    values: [tenantId, rate],
  });
  await client.query({
    text: `
      update analytics_goals set target = trim_scale(round(target * $2::numeric, ${costDecimals}))
      where tenant_id = $1 and metric = any ($3::text[])`,
    values: [tenantId, rate, moneyMetrics],
  });
  await client.query({
    text: `
      update analytics_alerts set definition = jsonb_set(definition, '{amount}',
        to_jsonb(trim_scale(round((definition ->> 'amount')::numeric * $2::numeric, ${costDecimals}))))
      where tenant_id = $1 and definition ->> 'kind' = 'budget'`,
    values: [tenantId, rate],
  });
}

/** The tenant's own metrics that are sums of money and have been counted, in order: their amounts are the events'. */
export async function findOwnMoney(client: WriterConnection, tenantId: string): Promise<string[]> {
  const { rows } = await client.query<{ metric: string }>({
    text: `
      select own.key as metric
      from analytics_settings settings cross join lateral json_each(settings.custom_definitions -> 'metrics') as own
      where settings.tenant_id = $1 and own.value ->> 'unit' = 'currency' and exists (
        select from analytics_custom_counters counted where counted.tenant_id = $1 and counted.metric = own.key)
      order by own.key collate "C"`,
    values: [tenantId],
  });
  return rows.map(({ metric }) => metric);
}
