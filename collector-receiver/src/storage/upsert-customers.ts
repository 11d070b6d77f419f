import type { CustomerChange } from "../metrics/counter-changes.ts";
import type { PeriodType } from "../metrics/business-calendar.ts";
import { int4Array, textArray } from "./binary-array.ts";
import type { WriterConnection } from "./writer-connection.ts";

/** How `unique_customers` of one period changes. */
export interface UniqueCustomersChange {
  readonly tenantId: string;
  readonly periodType: PeriodType;
  readonly periodValue: string;
  readonly periodStart: string;
  readonly change: number;
}

const statement = {
  name: "upsert-customers",
  text: `
    insert into analytics_customers as c (tenant_id, period_type, period_value, user_id, sessions)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])
    on conflict (tenant_id, period_type, period_value, user_id)
      do update set sessions = c.sessions + excluded.sessions
    returning tenant_id, period_type, period_value, user_id, sessions`,
};

/**
 * Counts the sessions of each customer in each period.
 * @param changes sorted bytewise by key
 * @returns by how much the number of customers with at least one session changed, by period
 */
export async function upsertCustomers(
  client: WriterConnection,
  changes: readonly CustomerChange[],
): Promise<UniqueCustomersChange[]> {
  const { rows } = await client.query<{
    tenant_id: string;
    period_type: PeriodType;
    period_value: string;
    user_id: string;
    sessions: number;
  }>({
    ...statement,
    values: [
      textArray(changes, (change) => change.tenantId),
      textArray(changes, (change) => change.periodType),
      textArray(changes, (change) => change.periodValue),
      textArray(changes, (change) => change.userId),
      int4Array(changes, (change) => change.sessions),
    ],
  });
  const after = new Map(
    rows.map((row) => [`${row.tenant_id}\n${row.period_type}\n${row.period_value}\n${row.user_id}`, row.sessions]),
  );
  return changes.flatMap((change) => {
    const { tenantId, periodType, periodValue, periodStart, userId } = change;
    const sessions = after.get(`${tenantId}\n${periodType}\n${periodValue}\n${userId}`) ?? 0;
    const before = sessions - change.sessions;
    const difference = (sessions > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
    return difference === 0 ? [] : [{ tenantId, periodType, periodValue, periodStart, change: difference }];
  });
}
