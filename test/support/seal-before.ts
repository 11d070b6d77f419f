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

/** Forgets what is older, as upkeep does after retention has been carried out. @returns how many rows */
export async function forgetBefore(
  client: Pick<Client, "query">,
  tenantId: string,
  retainedFromMs: number,
): Promise<number> {
  await client.query({
    text: `insert into analytics_retention_plans (tenant_id, retention_months, applied_from)
      values ($1, 1, to_timestamp($2::float8 / 1000))
      on conflict (tenant_id, retention_months) do update set applied_from = excluded.applied_from`,
    values: [tenantId, retainedFromMs],
  });
  let forgotten = 0;
  for (;;) {
    const { rows } = await client.query<{ rows: number }>("select spanledger_forget_old_rows(2) as rows");
    forgotten += rows[0]!.rows;
    if (rows[0]!.rows < 2) return forgotten;
  }
}
