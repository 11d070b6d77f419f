import { inTransaction } from "../wire/in-transaction.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** A batch did not know of off-time ids of these tenants. Nothing was written. */
export class OffTimeIdsError extends Error {
  override readonly name = "OffTimeIdsError";
  readonly tenantIds: readonly string[];
  /** True if the tenants' settings say it already. */
  readonly noted: boolean;
  constructor(tenantIds: readonly string[], { noted }: { readonly noted: boolean }) {
    super(`off-time ids: ${tenantIds.join(", ")}`);
    this.tenantIds = tenantIds;
    this.noted = noted;
  }
}

/**
 * Notes that version 7 ids of a tenant come with other times than they hold. With the tenant alone, so that every batch that
 * did not look for claims has ended before the first of these ids is claimed.
 */
export async function noteOffTimeIds(client: WriterConnection, tenantId: string): Promise<void> {
  await inTransaction(client, { lock: { alone: tenantId }, endsIfAbandoned: true }, () =>
    setOffTimeIds(client, tenantId),
  );
}

/** The same in the open transaction, which has the tenant alone. */
export async function setOffTimeIds(client: WriterConnection, tenantId: string): Promise<void> {
  await client.query({
    name: "note-off-time-ids",
    text: "update analytics_settings set v7_claims = true where tenant_id = $1 and not v7_claims",
    values: [tenantId],
  });
}
