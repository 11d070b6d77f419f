import type { RejectedEvent } from "../mapping/business-event.ts";
import { insertRejectedEvents } from "../storage/events/insert-rejected-events.ts";
import type { AddedRejection } from "../storage/events/insert-rejected-events.ts";
import { addRejectionDays, readKeptBytes, type RejectionDay } from "../storage/events/rejection-days.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { boundedSizeOf, divideByBound } from "./within-daily-bound.ts";

/** What a tenant's rejected events may take a day; enough for days of honest mistakes, and for one body of any size. */
export const maxKeptBytesPerDay = 64 * 1024 * 1024;

export interface KeptRejections {
  /** Kept now, and not known before. */
  readonly added: readonly AddedRejection[];
  /** Counted alone: their tenant has had its bound today. */
  readonly unkept: readonly RejectedEvent[];
}

export const nothingRejected: KeptRejections = { added: [], unkept: [] };

/**
 * Keeps rejected events up to the tenant's daily bound, and counts all of them. Receivers that commit at the same time may
 * each go over the bound once, by a batch.
 * @param rejected sorted by (tenant, content hash), each once
 */
export async function keepRejections(
  client: WriterConnection,
  rejected: readonly RejectedEvent[],
  maxBytes = maxKeptBytesPerDay,
): Promise<KeptRejections> {
  const tenantIds = [...new Set(rejected.map(({ tenantId }) => tenantId))];
  const taken = await readKeptBytes(client, tenantIds);
  const { kept, over: unkept } = divideByBound(rejected, taken, maxBytes);
  const added = kept.length === 0 ? [] : await insertRejectedEvents(client, kept);
  const days = new Map(tenantIds.map((tenantId): [string, RejectionDay] => [tenantId, emptyDay(tenantId)]));
  for (const { event } of added) {
    const day = days.get(event.tenantId) as RejectionDay;
    day.keptEvents++;
    day.keptBytes += boundedSizeOf(event);
  }
  for (const { tenantId } of unkept) (days.get(tenantId) as RejectionDay).unkeptEvents++;
  const changes = [...days.values()].filter(({ keptEvents, unkeptEvents }) => keptEvents + unkeptEvents > 0);
  if (changes.length > 0) await addRejectionDays(client, changes);
  return { added, unkept };
}

function emptyDay(tenantId: string): RejectionDay {
  return { tenantId, keptEvents: 0, keptBytes: 0, unkeptEvents: 0 };
}
