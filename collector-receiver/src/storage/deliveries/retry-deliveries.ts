import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Sends messages that were given up again, in the open transaction: at once, and for three days from now.
 * @param id only this one; undefined: all of the tenant
 * @returns their ids
 */
export async function retryDeliveries(
  client: WriterConnection,
  tenantId: string,
  id: string | undefined,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    text: `
      update analytics_deliveries
      set state = 'waiting', given_up_at = null, next_attempt_at = now(), created_at = now()
      where tenant_id = $1 and state = 'given_up' and ($2::text is null or delivery_id::text = $2)
      returning delivery_id::text as id`,
    values: [tenantId, id],
  });
  return rows.map((row) => row.id);
}
