import { inTransaction } from "../wire/in-transaction.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** A message that this receiver is to send now. */
export interface ClaimedDelivery {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly target: string;
  /** A `Message`, as it was stored. */
  readonly message: unknown;
  /** This one included. It also says whose claim it is. */
  readonly attempts: number;
  readonly createdAtMs: number;
}

export interface ClaimLimits {
  readonly maxDeliveries: number;
  /** A target that hangs keeps no more than so many others waiting. */
  readonly maxByTarget: number;
  /** After so long, others may send what this receiver has said nothing about. */
  readonly leaseMs: number;
}

interface Row {
  readonly tenant_id: string;
  readonly delivery_id: string;
  readonly target: string;
  readonly message: unknown;
  readonly attempts: number;
  readonly created_at_ms: number;
}

/**
 * Claims messages whose time has come, the oldest first, in a transaction of its own. Nobody else sends them before the lease
 * is over, and if this process is killed, somebody does then. Messages of one alert reach a target in order: "resolved" waits
 * until "firing" is sent or given up.
 * @throws DutyTakenError if another receiver claims at this moment
 */
export function claimDeliveries(
  client: WriterConnection,
  nowMs: number,
  { maxDeliveries, maxByTarget, leaseMs }: ClaimLimits,
): Promise<ClaimedDelivery[]> {
  return inTransaction(client, { duty: "deliveries" }, async () => {
    const { rows } = await client.query<Row>({
      text: claimSql,
      values: [new Date(nowMs), maxByTarget, maxDeliveries, new Date(nowMs + leaseMs)],
    });
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      deliveryId: row.delivery_id,
      target: row.target,
      message: row.message,
      attempts: row.attempts,
      createdAtMs: row.created_at_ms,
    }));
  });
}

const claimSql = `
with due as (
  select tenant_id, delivery_id, next_attempt_at,
    row_number() over (partition by tenant_id, target order by next_attempt_at, created_at, delivery_id) as place
  from analytics_deliveries delivery
  where state = 'waiting' and next_attempt_at <= $1
    and not (kind = 'alert' and exists (
      select from analytics_deliveries earlier
      where earlier.tenant_id = delivery.tenant_id and earlier.target = delivery.target and earlier.rule = delivery.rule
        and earlier.kind = 'alert' and earlier.state = 'waiting'
        and (earlier.created_at, earlier.period) < (delivery.created_at, delivery.period)
    ))
), chosen as (
  select tenant_id, delivery_id from due where place <= $2 order by next_attempt_at, tenant_id, delivery_id limit $3
)
update analytics_deliveries delivery
set attempts = attempts + 1, next_attempt_at = $4
from chosen
where delivery.tenant_id = chosen.tenant_id and delivery.delivery_id = chosen.delivery_id
  and delivery.state = 'waiting' and delivery.next_attempt_at <= $1
returning delivery.tenant_id, delivery.delivery_id, delivery.target, delivery.message, delivery.attempts,
  (extract(epoch from delivery.created_at) * 1000)::float8 as created_at_ms
`;

/** Whether any message is to be sent now. */
export async function hasDueDeliveries(client: WriterConnection, nowMs: number): Promise<boolean> {
  const { rows } = await client.query<{ due: boolean }>({
    name: "has-due-deliveries",
    text: "select exists (select from analytics_deliveries where state = 'waiting' and next_attempt_at <= $1) as due",
    values: [new Date(nowMs)],
  });
  return rows[0]?.due === true;
}
