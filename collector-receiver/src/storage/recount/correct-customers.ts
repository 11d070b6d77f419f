import { addCustomerMonth, customerDaysOf, repeatsOf, sessionsInSlot } from "../facts/customer-months.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const difference = `${sessionsInSlot("e")} - (${sessionsInSlot("a")})`;

/** SQL: the periods that the days of a row `month` decide (metrics/customer-days.ts), each with its bits. */
const periods = `
  lateral (
    select 'day' as period_type, day::text as period_value, day as period_start, 1::bigint << (day - month + 3) as bits
    from generate_series(0, 30) as n, lateral (select month + n as day) as of_month
    where date_trunc('month', day::timestamp) = month
    union all
    select 'week', to_char(thursday, 'IYYY-"W"IW'), thursday - 3, 127::bigint << (thursday - month)
    from generate_series(0, 30) as n, lateral (select month + n as thursday) as of_month
    where date_trunc('month', thursday::timestamp) = month and extract(isodow from thursday) = 4
    union all
    select 'month', to_char(month, 'YYYY-MM'), month, ((1::bigint << (month + interval '1 month')::date - month) - 1) << 3
  ) as period`;

/** SQL: by how much the numbers of customers move when rows `from` change from `before` to `after`. */
const moves = (from: string, before: string, after: string): string => `
  select period_type, period_value, period_start, sum((${after} & bits <> 0)::int - (${before} & bits <> 0)::int) as customers
  from ${from} cross join ${periods}
  group by period_type, period_value, period_start`;

/**
 * Writes down by how many sessions each customer's days are off in this snapshot, as `stageCorrections`
 * does for plain counters. A row that is missing on one side is a row of zeros.
 *
 * Distinct customers do not add up: somebody who comes before the corrections are applied may be in a period already,
 * or stay in one that a correction would have taken them out of. So what the corrections move is written down too; it is
 * taken back from what `stageCorrections` found when they are applied, and they move what they then meet.
 */
export async function stageCustomerCorrections(client: WriterConnection, tenantId: string): Promise<void> {
  const tenant = client.escapeLiteral(tenantId);
  const side = (schema: string, none: string): string =>
    `(select month, user_id, days, repeats from ${schema}.analytics_customers where tenant_id = ${tenant}) as stored_${none}`;
  await client.query(`
    create temporary table correction_analytics_customers as
    select month, user_id, ${customerDaysOf(difference)} as days, ${repeatsOf(difference)} as repeats,
      a.days as stored, e.days as expected
    from ${side("pg_temp", "e")} full join ${side("public", "a")} using (month, user_id)
    cross join lateral (select coalesce(stored_e.days, 0) as days, stored_e.repeats) as e
    cross join lateral (select coalesce(stored_a.days, 0) as days, stored_a.repeats) as a
    where (e.days, e.repeats) is distinct from (a.days, a.repeats)`);
  await client.query(`
    create temporary table correction_moves_customers as
    ${moves("correction_analytics_customers", "stored", "expected")}`);
}

/** Adds the staged differences, in the open transaction, after those of plain counters. */
export async function applyCustomerCorrections(client: WriterConnection, tenantId: string): Promise<void> {
  const tenant = client.escapeLiteral(tenantId);
  await client.query(`
    with customer as (
      insert into public.analytics_customers as c (tenant_id, month, user_id, days, repeats)
      select ${tenant}, month, user_id, days, repeats from correction_analytics_customers
      order by month, user_id collate "C"
      ${addCustomerMonth}
      returning month, days, prev_days
    ), moved as (${moves("customer", "prev_days", "days")})
    insert into public.analytics_business_metrics as m
      (tenant_id, period_type, period_value, period_start, unique_customers)
    select ${tenant}, period_type, period_value, period_start, sum(customers)
    from (select * from moved union all
      select period_type, period_value, period_start, -customers from correction_moves_customers) as both_moves
    group by period_type, period_value, period_start
    having sum(customers) <> 0
    order by period_type collate "C", period_value collate "C"
    on conflict (tenant_id, period_type, period_value) do update set
      revision = m.revision + 1, updated_at = now(), unique_customers = m.unique_customers + excluded.unique_customers`);
}
