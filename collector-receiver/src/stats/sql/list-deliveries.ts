import type { Pool } from "pg";

export const deliveryStates = ["waiting", "sent", "given_up"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** A message of the outbox, and what became of it. */
export interface ListedDelivery {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: "alert" | "report" | "sample";
  readonly rule: string;
  readonly period: string;
  readonly target: string;
  readonly title: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** All ISO 8601. */
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
  readonly sentAt: string | null;
  readonly givenUpAt: string | null;
  readonly lastError: string | null;
}

/** The messages of all tenants or of one, the latest first. */
export async function listDeliveries(
  pool: Pick<Pool, "query">,
  { tenantId, state, limit }: { tenantId?: string | undefined; state?: DeliveryState | undefined; limit: number },
): Promise<ListedDelivery[]> {
  const { rows } = await pool.query<ListedDelivery>({ text: listSql, values: [tenantId, state, limit] });
  return rows;
}

const iso = (time: string): string => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const listSql = `
select delivery_id::text as id, tenant_id as "tenantId", kind, rule, period, target, message ->> 'title' as title, state, attempts,
  ${iso("created_at")} as "createdAt", case state when 'waiting' then ${iso("next_attempt_at")} end as "nextAttemptAt",
  ${iso("sent_at")} as "sentAt", ${iso("given_up_at")} as "givenUpAt", last_error as "lastError"
from analytics_deliveries
where ($1::text is null or tenant_id = $1) and ($2::text is null or state = $2)
order by created_at desc, tenant_id, delivery_id limit $3
`;
