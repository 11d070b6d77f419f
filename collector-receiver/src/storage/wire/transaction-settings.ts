import type { WriterConnection } from "./writer-connection.ts";

/**
 * What a transaction needs of PostgreSQL, whatever the server, the database, the role or a pooler set: set for each transaction,
 * because a pooler gives a connection's next transaction another session, and ignores or refuses options of the start.
 */
export interface TransactionSettings {
  /**
   * Plans each prepared statement once, not for the length of each batch's arrays: for transactions that run the statements
   * of small batches again and again (`upsert-business-metrics` takes half a millisecond to plan).
   */
  readonly genericPlans?: boolean;
  /** Ends the transaction on the server if its client has vanished, so that its locks do not outlive it for long. */
  readonly endsIfAbandoned?: boolean;
}

/** After so long without a word of the client, or without an acknowledgement of what was sent to it. */
const abandonedAfter = "10s";

const always = { TimeZone: "UTC", DateStyle: "ISO", jit: "off" };

/** Applies settings to the open transaction. */
export async function applySettings(
  client: WriterConnection,
  { genericPlans = false, endsIfAbandoned = false }: TransactionSettings,
): Promise<void> {
  const settings = {
    ...always,
    ...(genericPlans ? { plan_cache_mode: "force_generic_plan" } : {}),
    ...(endsIfAbandoned
      ? { idle_in_transaction_session_timeout: abandonedAfter, tcp_user_timeout: abandonedAfter }
      : {}),
  };
  const calls = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', true)`);
  const name = `settings${genericPlans ? "-generic" : ""}${endsIfAbandoned ? "-abandoned" : ""}`;
  await client.query({ name, text: `select ${calls.join(", ")}` });
}
