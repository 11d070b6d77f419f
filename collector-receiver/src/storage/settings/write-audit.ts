import type { WriterConnection } from "../wire/writer-connection.ts";

export interface AuditEntry {
  readonly tenantId: string;
  readonly action: "definitions" | "erase" | "settings";
  /** What was done; never an identifier that was erased. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Notes what is done to stored data, in the transaction that does it. */
export async function writeAudit(client: WriterConnection, entry: AuditEntry): Promise<void> {
  await client.query({
    text: "insert into analytics_audit (tenant_id, action, details) values ($1, $2, $3::jsonb)",
    values: [entry.tenantId, entry.action, JSON.stringify(entry.details)],
  });
}
