import { inTransaction, LockBusyError } from "../wire/in-transaction.ts";
import { TenantsBusyError } from "../wire/lock-tenants.ts";
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

/** What the batches of a tenant that are under way may take before others are let go on. */
const maxLockWaitMs = 1_000;

/**
 * Notes that version 7 ids of a tenant come with other times than they hold. With the tenant alone, so that every batch that
 * did not look for claims has ended before the first of these ids is claimed.
 * @throws TenantsBusyError if batches of the tenant, or work on it, went on for too long; nothing was written
 */
export async function noteOffTimeIds(client: WriterConnection, tenantId: string): Promise<void> {
  try {
    await inTransaction(client, { lock: { alone: tenantId }, maxLockWaitMs, endsIfAbandoned: true }, () =>
      setOffTimeIds(client, tenantId),
    );
  } catch (error) {
    throw error instanceof LockBusyError ? new TenantsBusyError([tenantId], { cause: error }) : error;
  }
}

/** The same in the open transaction, which has the tenant alone. */
export async function setOffTimeIds(client: WriterConnection, tenantId: string): Promise<void> {
  await client.query({
    name: "note-off-time-ids",
    text: "update analytics_settings set v7_claims = true where tenant_id = $1 and not v7_claims",
    values: [tenantId],
  });
}
