import { businessColumns } from "../metrics/counter-changes.ts";
import type { BusinessPeriodChange } from "../metrics/counter-changes.ts";
import { fromScaledInteger } from "../metrics/scale-decimal.ts";
import { additions, typeOf } from "./counter-table.ts";
import type { WriterConnection } from "./writer-connection.ts";

const columns = [...businessColumns, { column: "unique_customers", decimals: 0 }];
const names = columns.map(({ column }) => column).join(", ");
const arrays = columns.map((column, i) => `$${i + 5}::${typeOf(column)}[]`).join(", ");

/** A counter row as it stands after a batch: absolute values, and the revision that orders them. */
export interface BusinessRow {
  readonly tenant_id: string;
  readonly period_type: string;
  readonly period_value: string;
  readonly revision: number;
  readonly [column: string]: string | number;
}

const statement = {
  name: "upsert-business-metrics",
  text: `
    insert into analytics_business_metrics as m (tenant_id, period_type, period_value, period_start, ${names})
    select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], ${arrays})
    on conflict (tenant_id, period_type, period_value) do update set
      revision = m.revision + 1, updated_at = now(), ${additions("m", columns)}
    returning tenant_id, period_type, period_value, revision, ${names}`,
};

/**
 * Adds a batch's changes to the days, weeks and months it touches.
 * @param changes sorted bytewise by (tenant, period type, period value)
 * @returns the rows as they are after the change, days only
 */
export async function upsertBusinessMetrics(
  client: WriterConnection,
  changes: readonly BusinessPeriodChange[],
): Promise<BusinessRow[]> {
  const { rows } = await client.query<BusinessRow>({
    ...statement,
    values: [
      changes.map((change) => change.tenantId),
      changes.map((change) => change.periodType),
      changes.map((change) => change.periodValue),
      changes.map((change) => change.periodStart),
      ...businessColumns.map(({ decimals }, i) =>
        changes.map((change) => fromScaledInteger(change.amounts[i] as number, decimals)),
      ),
      changes.map((change) => change.uniqueCustomers),
    ],
  });
  return rows.filter((row) => row.period_type === "day");
}
