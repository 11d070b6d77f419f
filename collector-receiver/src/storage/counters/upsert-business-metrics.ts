import { businessColumns } from "../../metrics/counter-columns.ts";
import type { BusinessPeriodChange, CustomerChange } from "../../metrics/counter-change.ts";
import { customerMaskOf } from "../../metrics/customer-days.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchRows, onConflict } from "../wire/batch-statement.ts";
import { addCustomerMonth, packDays, packRepeats } from "../facts/customer-months.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { counterBatch } from "./counter-batch.ts";

const customers = batchRows<CustomerChange>({
  tenant_id: batchOf.text((customer) => customer.tenantId),
  month: batchOf.date((customer) => customer.month),
  user_id: batchOf.text((customer) => customer.userId),
  days: batchOf.int8(packDays),
  repeats: { ...batchOf.text(packRepeats), from: (element) => `${element}::int[]` },
});
const counters = counterBatch<BusinessPeriodChange>(businessColumns);
const key = {
  tenant_id: batchOf.text<BusinessPeriodChange>((change) => change.tenantId),
  period_type: batchOf.text<BusinessPeriodChange>((change) => change.periodType),
  period_value: batchOf.text<BusinessPeriodChange>((change) => change.periodValue),
  period_start: batchOf.date<BusinessPeriodChange>((change) => change.periodStart),
};
const changes = batchRows<BusinessPeriodChange>(
  {
    ...key,
    moves: batchOf.boolean((change) => change.amounts.some((amount) => amount !== 0)),
    customer_month: batchOf.date((change) => customerMaskOf(change.periodType, change.periodStart).month),
    customer_days: batchOf.int8((change) => customerMaskOf(change.periodType, change.periodStart).days),
    ...counters,
  },
  6,
);
const keyNames = Object.keys(key).join(", ");
const counted = Object.keys(counters).join(", ");

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
      select * from ${changes.unnested} with ordinality as change (${changes.names}, place)
    ), customer as (
      insert into analytics_customers as c (${customers.names})
      select ${customers.values} from ${customers.unnested} as customer (${customers.names})
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
    insert into analytics_business_metrics as stored (${keyNames}, ${counted}, unique_customers)
    select ${keyNames}, ${counted}, coalesce(moved.unique_customers, 0)
    from change left join moved using (place)
    where change.moves or moved.unique_customers <> 0
    order by tenant_id collate "C", period_type collate "C", period_value collate "C"
    ${onConflict(
      { ...counters, unique_customers: { merge: adds } },
      {
        key: ["tenant_id", "period_type", "period_value"],
        set: ["revision = stored.revision + 1", "updated_at = now()"],
      },
    )}
    returning tenant_id, period_type, period_value, revision, ${counted}, unique_customers`,
};

/**
 * Adds a batch's changes to the days, weeks and months it touches, and counts the sessions of each
 * customer in each of them.
 * @param periods sorted bytewise by (tenant, period type, period value)
 * @param customerChanges sorted bytewise by (tenant, month, user id); the periods of their days are among `periods`
 * @returns the rows as they are after the change, days only
 */
export async function upsertBusinessMetrics(
  client: WriterConnection,
  periods: readonly BusinessPeriodChange[],
  customerChanges: readonly CustomerChange[],
): Promise<BusinessRow[]> {
  const { rows } = await client.query<BusinessRow>({
    ...statement,
    values: [...customers.parameters(customerChanges), ...changes.parameters(periods)],
  });
  return rows.filter((row) => row.period_type === "day");
}
