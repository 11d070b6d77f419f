import type { WriterConnection } from "../wire/writer-connection.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";

/** What became of an attempt. */
export type Settlement =
  | { readonly state: "sent"; readonly atMs: number }
  | { readonly state: "waiting"; readonly untilMs: number; readonly reason: string }
  | { readonly state: "given_up"; readonly atMs: number; readonly reason: string };

/**
 * Stores what became of an attempt, unless somebody else has claimed the message meanwhile. Of a report that is sent, the link
 * that opens its shared copy is forgotten: shares store a hash of it only.
 * @returns false if somebody has
 */
export async function settleDelivery(
  client: WriterConnection,
  { tenantId, deliveryId, attempts }: Pick<ClaimedDelivery, "tenantId" | "deliveryId" | "attempts">,
  settlement: Settlement,
): Promise<boolean> {
  const { state } = settlement;
  const { rowCount } = await client.query({
    text: `
      update analytics_deliveries
      set state = $4,
        message = case when $4 = 'sent' and kind = 'report' then jsonb_set(message, '{link}', 'null') else message end,
        last_error = $5, next_attempt_at = coalesce($6::timestamptz, next_attempt_at),
        sent_at = case $4 when 'sent' then $7::timestamptz end, given_up_at = case $4 when 'given_up' then $7::timestamptz end
      where tenant_id = $1 and delivery_id = $2 and attempts = $3 and state = 'waiting'`,
    values: [
      tenantId,
      deliveryId,
      attempts,
      state,
      state === "sent" ? null : settlement.reason,
      state === "waiting" ? new Date(settlement.untilMs) : null,
      state === "waiting" ? null : new Date(settlement.atMs),
    ],
  });
  return rowCount === 1;
}
