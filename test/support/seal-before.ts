import type { Client } from "pg";

/** Seals what lies before a time, without a day of waiting, as retention does when an announcement is due. */
export async function sealBefore(
  client: Pick<Client, "query">,
  tenantId: string,
  retainedFromMs: number,
): Promise<void> {
  await client.query({
    text: "update analytics_settings set retained_from = to_timestamp($2::float8 / 1000) where tenant_id = $1",
    values: [tenantId, retainedFromMs],
  });
}
