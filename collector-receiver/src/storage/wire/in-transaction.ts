import { InvariantError } from "../../invariant-error.ts";
import { lockIngestExclusive, lockIngestShared } from "./lock-ingest.ts";
import { tryLockDuty } from "./lock-duty.ts";
import type { Duty } from "./lock-duty.ts";
import type { WriterConnection } from "./writer-connection.ts";

export interface TransactionOptions {
  /** The ingest lock, held until the transaction ends. */
  readonly lock?: "shared" | "exclusive";
  /** Default: PostgreSQL's, read committed. */
  readonly isolation?: "repeatable read read only";
  /** A duty of upkeep that only one receiver carries out at a time; undefined: anyone may do the work. */
  readonly duty?: Duty | undefined;
}

/** Another receiver carries out this duty now. Nothing was done. */
export class DutyTakenError extends Error {
  override readonly name = "DutyTakenError";
}

/**
 * Runs `work` in a transaction and commits it. The transaction is rolled back if anything fails.
 * @returns what `work` returned, committed
 * @throws DutyTakenError if another receiver holds the duty; otherwise what `work` or PostgreSQL throws
 */
export async function inTransaction<Result>(
  client: WriterConnection,
  { lock, isolation, duty }: TransactionOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const begun = client.query(isolation === undefined ? "begin" : `begin isolation level ${isolation}`);
    if (duty !== undefined) {
      // Before the ingest lock: a receiver that does not lead must not wait for batches to end.
      const [leads] = await Promise.all([tryLockDuty(client, duty), begun]);
      if (!leads) throw new DutyTakenError(`another receiver carries out "${duty}"`);
    }
    await Promise.all([begun, lock && (lock === "shared" ? lockIngestShared : lockIngestExclusive)(client)]);
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
