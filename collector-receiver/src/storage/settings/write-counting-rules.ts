import type { WriterConnection } from "../wire/writer-connection.ts";

/** The rules that a tenant is counted by; null if there is no such tenant. */
export async function readCountingRules(client: WriterConnection, tenantId: string): Promise<number | null> {
  const { rows } = await client.query<{ counting_rules: number }>({
    text: "select counting_rules from analytics_settings where tenant_id = $1",
    values: [tenantId],
  });
  return rows[0]?.counting_rules ?? null;
}

/**
 * Sets the rules of a tenant, in the open transaction that has counted it by them.
 * @param since the first business day that was counted by them; null: all of them
 */
export async function writeCountingRules(
  client: WriterConnection,
  tenantId: string,
  rules: number,
  since: string | null,
): Promise<void> {
  await client.query({
    text: "update analytics_settings set counting_rules = $2, rules_since = $3::date where tenant_id = $1",
    values: [tenantId, rules, since],
  });
}
