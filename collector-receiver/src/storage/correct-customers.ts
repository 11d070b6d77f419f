import { addCustomerMonth, daysOf, repeatsOf, sessionsInSlot } from "./customer-months.ts";
import type { WriterConnection } from "./writer-connection.ts";

const difference = `${sessionsInSlot("e")} - (${sessionsInSlot("a")})`;

/**
 * Writes down by how many sessions each customer's days are off in this snapshot, as `stageCorrections`
 * does for plain counters. A row that is missing on one side is a row of zeros.
 */
export async function stageCustomerCorrections(client: WriterConnection, tenantId: string): Promise<void> {
  const tenant = client.escapeLiteral(tenantId);
  const side = (schema: string, none: string): string =>
    `(select month, user_id, days, repeats from ${schema}.analytics_customers where tenant_id = ${tenant}) as stored_${none}`;
  await client.query(`
    create temporary table correction_analytics_customers as
    select month, user_id, ${daysOf(difference)} as days, ${repeatsOf(difference)} as repeats
    from ${side("pg_temp", "e")} full join ${side("public", "a")} using (month, user_id)
    cross join lateral (select coalesce(stored_e.days, 0) as days, stored_e.repeats) as e
    cross join lateral (select coalesce(stored_a.days, 0) as days, stored_a.repeats) as a
    where (e.days, e.repeats) is distinct from (a.days, a.repeats)`);
}

/** Adds the staged differences, in the open transaction. */
export async function applyCustomerCorrections(client: WriterConnection, tenantId: string): Promise<void> {
  await client.query(`
    insert into public.analytics_customers as c (tenant_id, month, user_id, days, repeats)
    select ${client.escapeLiteral(tenantId)}, month, user_id, days, repeats from correction_analytics_customers
    order by month, user_id collate "C"
    ${addCustomerMonth}`);
}
