import type { WriterConnection } from "../wire/writer-connection.ts";

export interface AuditEntry {
  readonly tenantId: string;
  readonly action: "alerts" | "definitions" | "deliveries" | "erase" | "goals" | "import" | "prices" | "settings";
  /** What was done; never an identifier that was erased. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Notes what is done to stored data, in the transaction that does it. */
export async function writeAudit(client: WriterConnection, ...entries: readonly AuditEntry[]): Promise<void> {
  await client.query({
    text: `
      insert into analytics_audit (tenant_id, action, details)
      select tenant_id, action, details::jsonb
      from unnest($1::text[], $2::text[], $3::text[]) as entry (tenant_id, action, details)`,
    values: [
      entries.map(({ tenantId }) => tenantId),
      entries.map(({ action }) => action),
      entries.map(({ details }) => JSON.stringify(details)),
    ],
  });
}
