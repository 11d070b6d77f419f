import type { RejectedEvent, WaitingEvent } from "../mapping/business-event.ts";
import { addWaitingBytes, insertWaitingEvents, readWaitingBytes } from "../storage/events/waiting-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { boundedSizeOf, divideByBound } from "./within-daily-bound.ts";

/** What a tenant's waiting events may take a day: enough for a fleet whose clock is off, and little beside a disk. */
export const maxWaitingBytesPerDay = 64 * 1024 * 1024;

export interface KeptWaiting {
  /** Kept now, and not known before. */
  readonly added: readonly WaitingEvent[];
  /** Their tenant has had its bound today: kept as rejected events are. */
  readonly rejected: readonly RejectedEvent[];
}

export const nothingWaits: KeptWaiting = { added: [], rejected: [] };

/**
 * Keeps events whose time has not come, up to the tenant's daily bound. Receivers that commit at the same time may each go
 * over the bound once, by a batch.
 * @param waiting sorted by (tenant, content hash), each once
 */
export async function keepWaiting(
  client: WriterConnection,
  waiting: readonly WaitingEvent[],
  maxBytes = maxWaitingBytesPerDay,
): Promise<KeptWaiting> {
  const taken = await readWaitingBytes(client, [...new Set(waiting.map(({ tenantId }) => tenantId))]);
  const { kept, over } = divideByBound(waiting, taken, maxBytes);
  const reason = `The tenant has had ${maxBytes} bytes of events whose time has not come today`;
  const rejected = over.map((event): RejectedEvent => ({ ...event, code: "in_the_future", reason }));
  const added = kept.length === 0 ? [] : await insertWaitingEvents(client, kept);
  const bytes = new Map<string, number>();
  for (const event of added) bytes.set(event.tenantId, (bytes.get(event.tenantId) ?? 0) + boundedSizeOf(event));
  if (bytes.size > 0) await addWaitingBytes(client, [...bytes]);
  return { added, rejected };
}
