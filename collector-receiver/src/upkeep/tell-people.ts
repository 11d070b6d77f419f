import { hasDueDeliveries } from "../storage/deliveries/claim-deliveries.ts";
import { forgetDeliveries } from "../storage/deliveries/forget-deliveries.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

/**
 * Begins to send the messages of the outbox that are due, and deletes those that nobody asks for any more.
 * @param send begins to send, and does not wait
 */
export async function tellPeople(client: WriterConnection, nowMs: number, send: () => void): Promise<void> {
  await forgetDeliveries(client, nowMs);
  if (await hasDueDeliveries(client, nowMs)) send();
}
