import { businessColumns } from "../../metrics/counter-columns.ts";
import type { BusinessPeriodChange, CustomerChange } from "../../metrics/counter-change.ts";
import { customerMaskOf } from "../../metrics/customer-days.ts";
import { fromScaledInteger } from "../../metrics/scale-decimal.ts";
import { dateArray, int8Array, textArray } from "../wire/binary-array.ts";
import { additions, typeOf } from "./counter-table.ts";
import { addCustomerMonth, packDays, packRepeats } from "../facts/customer-months.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const columns = [...businessColumns, { column: "unique_customers", decimals: 0 }];
const names = columns.map(({ column }) => column).join(", ");
const counted = businessColumns.map(({ column }) => column).join(", ");
const arrays = businessColumns.map((column, i) => `$${i + 13}::${typeOf(column)}[]`).join(", ");

/** A counter row as it stands after a batch: absolute values, and the revision that orders them. */
export interface BusinessRow {
  readonly tenant_id: string;
  readonly period_type: string;
  readonly period_value: string;
  readonly revision: number;
  readonly [column: string]: string | number;
}

/**
 * Customers first: `prev_days` is when a customer came before, so the same statement knows how many have
 * come into or gone out of a period, and moves the hot rows without an answer in between.
 */
const statement = {
  name: "upsert-business-metrics",
  text: `
    with change as (
      select * from unnest($6::text[], $7::text[], $8::text[], $9::date[], $10::boolean[], $11::date[], $12::bigint[], ${arrays})
        with ordinality as change (tenant_id, period_type, period_value, period_start, moves, customer_month, customer_days, ${counted}, place)
    ), customer as (
      insert into analytics_customers as c (tenant_id, month, user_id, days, repeats)
      select tenant_id, month, user_id, days, repeats::int[]
      from unnest($1::text[], $2::date[], $3::text[], $4::bigint[], $5::text[]) as customer (tenant_id, month, user_id, days, repeats)
      ${addCustomerMonth}
      returning tenant_id, month, days, prev_days
    ), moved as (
      select place, (coalesce(sum(customers) filter (where days & customer_days <> 0), 0)
        - coalesce(sum(customers) filter (where prev_days & customer_days <> 0), 0))::bigint as unique_customers
      from (
        select tenant_id, month, days, prev_days, count(*) as customers from customer group by 1, 2, 3, 4
      ) alike join change on change.tenant_id = alike.tenant_id and change.customer_month = alike.month
      group by place
    )
    insert into analytics_business_metrics as m (tenant_id, period_type, period_value, period_start, ${names})
    select tenant_id, period_type, period_value, period_start, ${counted}, coalesce(moved.unique_customers, 0)
    from change left join moved using (place)
    where change.moves or moved.unique_customers <> 0
    order by tenant_id collate "C", period_type collate "C", period_value collate "C"
    on conflict (tenant_id, period_type, period_value) do update set
      revision = m.revision + 1, updated_at = now(), ${additions("m", columns)}
    returning tenant_id, period_type, period_value, revision, ${names}`,
};

/**
 * Adds a batch's changes to the days, weeks and months it touches, and counts the sessions of each
 * customer in each of them.
 * @param changes sorted bytewise by (tenant, period type, period value)
 * @param customers sorted bytewise by (tenant, month, user id); the periods of their days are among `changes`
 * @returns the rows as they are after the change, days only
 */
export async function upsertBusinessMetrics(
  client: WriterConnection,
  changes: readonly BusinessPeriodChange[],
  customers: readonly CustomerChange[],
): Promise<BusinessRow[]> {
  const { rows } = await client.query<BusinessRow>({
    ...statement,
    values: [
      textArray(customers, (customer) => customer.tenantId),
      dateArray(customers, (customer) => customer.month),
      textArray(customers, (customer) => customer.userId),
      int8Array(customers, packDays),
      textArray(customers, packRepeats),
      textArray(changes, (change) => change.tenantId),
      textArray(changes, (change) => change.periodType),
      textArray(changes, (change) => change.periodValue),
      dateArray(changes, (change) => change.periodStart),
      changes.map((change) => change.amounts.some((amount) => amount !== 0)),
      dateArray(changes, (change) => customerMaskOf(change.periodType, change.periodStart).month),
      int8Array(changes, (change) => customerMaskOf(change.periodType, change.periodStart).days),
      ...businessColumns.map(({ decimals }, i) =>
        changes.map((change) => fromScaledInteger(change.amounts[i] as number, decimals)),
      ),
    ],
  });
  return rows.filter((row) => row.period_type === "day");
}
