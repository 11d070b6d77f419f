import { sqlStateOf } from "./database-errors.ts";
import type { WriterConnection } from "./writer-connection.ts";

/**
 * Batches hold the lock of each of their tenants shared, and that of the database; work on a whole tenant (sweep, settings,
 * rebuild, erase) or on the whole database (retention) holds it alone, in short slices. Every lock ends with its
 * transaction. The functions are in migrations/0056_lock_by_tenant.sql, which says why they are safe beside older receivers.
 */
const databaseLock = "4518206130513062862";

/** How a batch takes the locks of its tenants: `try` does not wait for a tenant, `wait` does for at most a second. */
export type TenantLocking = "try" | "wait";

/** SQLSTATE of our functions; no class of PostgreSQL's. */
const tenantsBusy = "SPT01";

/** Somebody has these tenants alone. Nothing was written. */
export class TenantsBusyError extends Error {
  override readonly name = "TenantsBusyError";
  readonly tenantIds: readonly string[];
  constructor(tenantIds: readonly string[], options: ErrorOptions) {
    super(`busy: ${tenantIds.join(", ")}`, options);
    this.tenantIds = tenantIds;
  }

  /** The error as one of these if it says that tenants are busy. */
  static from(error: unknown): TenantsBusyError | undefined {
    if (sqlStateOf(error) !== tenantsBusy) return undefined;
    const tenantIds = JSON.parse((error as { detail: string }).detail) as string[];
    return new TenantsBusyError(tenantIds, { cause: error });
  }
}

/**
 * Takes the locks of a batch, until its transaction ends.
 * @param tenantIds sorted, each once
 * @throws PostgreSQL's error, which `TenantsBusyError.from` understands
 */
export async function lockTenantsShared(
  client: WriterConnection,
  tenantIds: readonly string[],
  locking: TenantLocking,
): Promise<void> {
  const call = locking === "try" ? "lock_tenants" : "wait_for_tenants";
  await client.query({ name: call, text: `select spanledger_${call}($1::text[])`, values: [tenantIds] });
}

/** As a batch of one tenant does, but waits as long as it takes. */
export async function lockTenantShared(client: WriterConnection, tenantId: string): Promise<void> {
  await client.query({
    name: "lock-tenant-shared",
    text: `select pg_advisory_xact_lock_shared(${databaseLock}), pg_advisory_xact_lock_shared(spanledger_tenant_lock($1))`,
    values: [tenantId],
  });
}

/**
 * Waits for the batches of tenants, and holds back new ones until the transaction ends.
 * @param tenantIds sorted bytewise: the locks are taken in this order
 */
export async function lockTenantsAlone(client: WriterConnection, tenantIds: readonly string[]): Promise<void> {
  await client.query({
    name: "lock-tenants-alone",
    text: "select spanledger_lock_tenant_alone(tenant) from unnest($1::text[]) as tenant",
    values: [tenantIds],
  });
}

/** Waits for all batches, and holds back new ones until the transaction ends. */
export async function lockDatabaseAlone(client: WriterConnection): Promise<void> {
  await client.query({ name: "lock-database-alone", text: `select pg_advisory_xact_lock(${databaseLock})` });
}
