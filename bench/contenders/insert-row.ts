import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { eventRowColumns } from "../../collector-receiver/src/mapping/event-row-arena.ts";

/** `insert` of one event, prepared once per connection. */
export const insertRow = {
  name: "insert-row",
  text: `insert into analytics_events (${eventRowColumns.join(", ")})
    values (${eventRowColumns.map((_, i) => `$${i + 1}`).join(", ")})`,
};

const decoder = new TextDecoder();

export type RowValue = string | number | Date | null;

/** The values of an event in the order of the columns. */
export function valuesOf(event: BusinessEvent): RowValue[] {
  return [
    decoder.decode(event.eventData),
    event.eventId,
    new Date(event.occurredAtMs),
    event.traceId,
    event.spanId,
    event.agentId,
    event.ticketId,
    event.sessionId,
    event.tenantId,
    event.name,
    event.serviceName,
  ];
}

/** Calls `work` for each item, `width` at a time; resolves with the milliseconds that all took. */
export async function timeEach<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<number> {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (;;) {
        const item = items[next++];
        if (item === undefined) return;
        await work(item);
      }
    }),
  );
  return performance.now() - started;
}
