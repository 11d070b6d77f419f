import { createHash } from "node:crypto";
import type { BusinessEvent, RejectedEvent } from "../mapping/business-event.ts";
import { writeReplayPayload } from "../mapping/write-replay-payload.ts";
import { insertEvents } from "../storage/events/insert-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { classifyDatabaseError } from "../storage/wire/database-errors.ts";
import { planFor, takeClaims } from "./take-claims.ts";
import type { ClaimPlan } from "./take-claims.ts";

/** Events that a transaction added, and those that PostgreSQL refused as data. */
export interface WrittenEvents {
  readonly inserted: readonly BusinessEvent[];
  readonly refused: readonly { readonly event: BusinessEvent; readonly rejection: RejectedEvent }[];
}

/**
 * Writes events if some may be there already, or PostgreSQL may refuse one: the batch is halved
 * until the bad event stands alone. Claims are taken with each part, so that a refused event leaves none. Only data errors of this statement are bisected; anything else is
 * thrown on, because no event is to blame.
 */
export async function writeEventsOneByOneWhereNeeded(
  client: WriterConnection,
  events: readonly BusinessEvent[],
  plan: ClaimPlan | undefined,
): Promise<WrittenEvents> {
  await client.query("savepoint events");
  try {
    const known = plan && (await takeClaims(client, plan));
    const inserted = await insertEvents(
      client,
      known === undefined ? events : events.filter((event) => !known.has(event)),
    );
    await client.query("release savepoint events");
    return { inserted, refused: [] };
  } catch (error) {
    if (classifyDatabaseError(error) !== "data") throw error;
    await client.query("rollback to savepoint events");
    await client.query("release savepoint events");
    if (events.length === 1) {
      const event = events[0] as BusinessEvent;
      return { inserted: [], refused: [{ event, rejection: refusalOf(event, error as Error) }] };
    }
    const middle = events.length >>> 1;
    const [head, tail] = [events.slice(0, middle), events.slice(middle)];
    const first = await writeEventsOneByOneWhereNeeded(client, head, plan && planFor(plan, head));
    const second = await writeEventsOneByOneWhereNeeded(client, tail, plan && planFor(plan, tail));
    return {
      inserted: [...first.inserted, ...second.inserted],
      refused: [...first.refused, ...second.refused],
    };
  }
}

function refusalOf(event: BusinessEvent, error: Error): RejectedEvent {
  const payload = replayPayloadOf(event);
  return {
    tenantId: event.tenantId,
    code: "refused_by_database",
    reason: `PostgreSQL refused the event: ${error.message}. Change what the product sends, then replay.`,
    eventName: event.name,
    occurredAtMs: event.occurredAtMs,
    ...payload,
    contentHash: createHash("sha256")
      .update(`${payload.signal}\n${payload.payloadType}\n`)
      .update(payload.payload)
      .digest(),
    source: event.source,
  };
}

/** What can be replayed; if not even that can be read, the bytes as they are: nothing blocks a batch. */
function replayPayloadOf(event: BusinessEvent): Pick<RejectedEvent, "payload" | "payloadType" | "signal"> {
  try {
    return writeReplayPayload(event);
  } catch {
    return { payload: event.eventData, payloadType: "application/octet-stream", signal: "traces" };
  }
}
