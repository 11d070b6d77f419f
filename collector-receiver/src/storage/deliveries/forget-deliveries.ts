import type { WriterConnection } from "../wire/writer-connection.ts";

/** Longer than anybody asks whether a message was sent. What it was decided from is judged only once, so it does not come again. */
const keptDays = 90;
const maxRows = 10_000;

/** Deletes messages that were sent or given up long ago. @returns how many */
export async function forgetDeliveries(client: WriterConnection, nowMs: number): Promise<number> {
  const { rowCount } = await client.query({
    text: `
      delete from analytics_deliveries where (tenant_id, delivery_id) in (
        select tenant_id, delivery_id from analytics_deliveries
        where state <> 'waiting' and created_at < $1 order by created_at limit ${maxRows}
      )`,
    values: [new Date(nowMs - keptDays * 86_400_000)],
  });
  return rowCount ?? 0;
}
