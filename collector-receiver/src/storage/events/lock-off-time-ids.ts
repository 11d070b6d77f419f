import type { WriterConnection } from "../wire/writer-connection.ts";

/** What a batch is going to do with version 7 ids of a tenant. */
export interface OffTimeLock {
  readonly tenantId: string;
  /** True: claims ids that are off their time. False: only looks whether ids that hold their time are claimed. */
  readonly claims: boolean;
}

/**
 * Keeps batches that claim off-time ids of a tenant apart from all other batches with version 7 ids of that tenant, until the
 * transaction ends. The former look for a row, the latter for a claim, and neither sees what the other has not committed: at the
 * same time both would store the same event.
 * @param locks sorted by tenant, each once
 */
export async function lockOffTimeIds(client: WriterConnection, locks: readonly OffTimeLock[]): Promise<void> {
  await client.query({
    name: "lock-off-time-ids",
    text: `
      select case when claims then pg_advisory_xact_lock(hashtextextended(tenant, ${offTimeSeed}))::text
        else pg_advisory_xact_lock_shared(hashtextextended(tenant, ${offTimeSeed}))::text end
      from unnest($1::text[], $2::boolean[]) as wanted (tenant, claims)`,
    values: [locks.map(({ tenantId }) => tenantId), locks.map(({ claims }) => claims)],
  });
}

/** The first eight bytes of SHA-256("spanledger.off-time-ids"), as a signed number. */
const offTimeSeed = "-6664843607574606006";
