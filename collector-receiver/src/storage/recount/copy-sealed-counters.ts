import { businessColumns } from "../../metrics/counter-columns.ts";
import { startOfWeek } from "../../metrics/business-calendar.ts";
import { customerMaskOf } from "../../metrics/customer-days.ts";
import { customerDaysOf, repeatsOf, sessionsInSlot } from "../facts/customer-months.ts";
import { counterTables } from "./derived-tables.ts";
import { isOfTenants } from "./is-of-tenants.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Copies the counters of sealed periods of tenants into the shadow tables: their rows are gone, so they
 * are right by definition. A week that began before `firstDay` and goes on after it is, as far as it is
 * sealed, the sum of its sealed days.
 * @param firstDay first business day that is kept, the first of a month
 */
export async function copySealedCounters(
  client: WriterConnection,
  tenantIds: readonly string[],
  firstDay: string,
): Promise<void> {
  const ofTenants = isOfTenants(client, tenantIds);
  const day = `${client.escapeLiteral(firstDay)}::date`;
  for (const { table, key } of counterTables) {
    if (!key.includes("day")) continue;
    const columns = await storedColumns(client, table);
    await client.query(
      `insert into pg_temp.${table} (${columns}) select ${columns} from public.${table} where ${ofTenants} and day < ${day}`,
    );
  }
  await copyWholePeriods(client, ofTenants, day);
  await copySealedCustomers(client, ofTenants, day);
  await copyOpenWeek(client, ofTenants, firstDay);
}

const weekOf = (day: string): string => `to_char(${day}, 'IYYY-"W"IW')`;

/** Days and months before `day`, and the weeks that end before `day`. */
async function copyWholePeriods(client: WriterConnection, ofTenants: string, day: string): Promise<void> {
  const business = await storedColumns(client, "analytics_business_metrics");
  await client.query(`
    insert into pg_temp.analytics_business_metrics (${business})
    select ${business} from public.analytics_business_metrics
    where ${ofTenants} and period_start < ${day}
      and not (period_type = 'week' and period_start + 7 > ${day})`);
}

/** Of each customer the days before `day`: also those that stand in the row of its month for their week. */
async function copySealedCustomers(client: WriterConnection, ofTenants: string, day: string): Promise<void> {
  const sealed = `case when month + slot - 3 < ${day} then ${sessionsInSlot("c")} else 0 end`;
  await client.query(`
    insert into pg_temp.analytics_customers (tenant_id, month, user_id, days, repeats)
    select * from (
      select tenant_id, month, user_id, ${customerDaysOf(sealed)} as days, ${repeatsOf(sealed)} as repeats
      from public.analytics_customers c where ${ofTenants} and month <= ${day}) as kept
    where days <> 0 or repeats is not null`);
}

/** The sealed days of the week that `day` lies in, if it does not begin with `day`. */
async function copyOpenWeek(client: WriterConnection, ofTenants: string, firstDay: string): Promise<void> {
  const day = `${client.escapeLiteral(firstDay)}::date`;
  // What is not sealed has not been copied: the whole week's slots hold sealed days alone.
  const week = customerMaskOf("week", startOfWeek(firstDay));
  const sealedDays = `period_type = 'day' and period_value >= date_trunc('week', ${day})::date::text
    and period_value < ${day}::text`;
  const names = businessColumns.map(({ column }) => column);
  await client.query(`
    insert into pg_temp.analytics_business_metrics
      (tenant_id, period_type, period_value, period_start, unique_customers, ${names.join(", ")})
    select tenant_id, 'week', ${weekOf(day)}, date_trunc('week', ${day})::date,
      (select count(*) from pg_temp.analytics_customers c
        where c.tenant_id = days.tenant_id and c.month = ${client.escapeLiteral(week.month)} and c.days & ${week.days} <> 0),
      ${names.map((name) => `sum(${name})`).join(", ")}
    from public.analytics_business_metrics days where ${ofTenants} and ${sealedDays}
    group by tenant_id`);
}

/** The columns that an insert may fill: neither generated nor identity. */
async function storedColumns(client: WriterConnection, table: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(`
    select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
    where attrelid = 'public.${table}'::regclass and attnum > 0 and not attisdropped
      and attgenerated = '' and attidentity = ''`);
  return rows[0]?.columns ?? "";
}
