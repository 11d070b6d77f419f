import { InvariantError } from "../../invariant-error.ts";
import { sqlStateOf } from "./database-errors.ts";
import { lockDatabaseAlone, lockTenantsAlone, lockTenantShared } from "./lock-tenants.ts";
import { applySettings } from "./transaction-settings.ts";
import { tryLockDuty } from "./lock-duty.ts";
import type { Duty } from "./lock-duty.ts";
import type { WriterConnection } from "./writer-connection.ts";

export interface TransactionOptions {
  /**
   * What is held until the transaction ends: the whole database or tenants (sorted bytewise), of which no batch goes on
   * meanwhile, or a tenant as a batch holds it.
   */
  readonly lock?: "database" | { readonly alone: string | readonly string[] } | { readonly shared: string };
  /** Milliseconds that the lock may take; undefined: as long as it takes. */
  readonly maxLockWaitMs?: number | undefined;
  /** Default: PostgreSQL's, read committed. */
  readonly isolation?: "repeatable read read only";
  /** The server ends the transaction if its client has vanished. Default: true for a duty, but for "rules", which may take hours. */
  readonly endsIfAbandoned?: boolean;
  /** A duty of upkeep that only one receiver carries out at a time; undefined: anyone may do the work. */
  readonly duty?: Duty | undefined;
}

/** How a transaction of upkeep takes its turn among receivers and batches. */
export type UpkeepTurn = Pick<TransactionOptions, "duty" | "maxLockWaitMs">;

/** Another receiver carries out this duty now. Nothing was done. */
export class DutyTakenError extends Error {
  override readonly name = "DutyTakenError";
}

/** The lock was not to be had in time. Nothing was done. */
export class LockBusyError extends Error {
  override readonly name = "LockBusyError";
}

/**
 * Runs `work` in a transaction and commits it. The transaction is rolled back if anything fails.
 * @returns what `work` returned, committed
 * @throws DutyTakenError if another receiver holds the duty; LockBusyError if `maxLockWaitMs` was not enough; otherwise what
 *   `work` or PostgreSQL throws
 */
export async function inTransaction<Result>(
  client: WriterConnection,
  {
    lock,
    maxLockWaitMs,
    isolation,
    duty,
    endsIfAbandoned = duty !== undefined && duty !== "rules",
  }: TransactionOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const begun = Promise.all([
      client.query(isolation === undefined ? "begin" : `begin isolation level ${isolation}`),
      // A receiver whose host vanishes in short work must not keep a tenant locked for the hours that TCP keeps a connection.
      applySettings(client, { endsIfAbandoned }),
    ]);
    if (duty !== undefined) {
      // Before any other lock: a receiver that does not lead must not wait for batches to end.
      const [leads] = await Promise.all([tryLockDuty(client, duty), begun]);
      if (!leads) throw new DutyTakenError(`another receiver carries out "${duty}"`);
    }
    try {
      await Promise.all([begun, lock && takeLock(client, lock, maxLockWaitMs)]);
    } catch (error) {
      // All statements of the round trip fail with the lock's error.
      if (maxLockWaitMs === undefined || sqlStateOf(error) !== "55P03") throw error;
      throw new LockBusyError(`waited ${maxLockWaitMs} ms for the lock`, { cause: error });
    }
    const result = await work();
    const { command } = await client.query("commit");
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, not with an error.
    if (command !== "COMMIT") throw new InvariantError(`the transaction ended with ${command}`);
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

async function takeLock(
  client: WriterConnection,
  lock: NonNullable<TransactionOptions["lock"]>,
  maxWaitMs: number | undefined,
): Promise<void> {
  if (maxWaitMs === undefined) return waitForLock(client, lock);
  await Promise.all([
    client.query({
      name: "bound-lock-wait",
      text: "select set_config('lock_timeout', $1, true)",
      values: [maxWaitMs],
    }),
    waitForLock(client, lock),
    client.query({ name: "unbound-lock-wait", text: "set local lock_timeout to default" }),
  ]);
}

function waitForLock(client: WriterConnection, lock: NonNullable<TransactionOptions["lock"]>): Promise<void> {
  if (lock === "database") return lockDatabaseAlone(client);
  if ("shared" in lock) return lockTenantShared(client, lock.shared);
  return lockTenantsAlone(client, typeof lock.alone === "string" ? [lock.alone] : lock.alone);
}
