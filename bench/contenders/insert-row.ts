import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { eventColumns } from "../../collector-receiver/src/storage/copy-events.ts";

/** `insert` of one event, prepared once per connection. */
export const insertRow = {
  name: "insert-row",
  text: `insert into analytics_events (${eventColumns.join(", ")})
    values (${eventColumns.map((_, i) => `$${i + 1}`).join(", ")})`,
};

const decoder = new TextDecoder();

/** The values of an event in the order of the columns. */
export function valuesOf(event: BusinessEvent): unknown[] {
  return [
    event.tenantId,
    event.eventId,
    event.name,
    event.sessionId,
    event.agentId,
    event.ticketId,
    decoder.decode(event.eventData),
    new Date(event.occurredAtMs),
    event.traceId,
    event.spanId,
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
