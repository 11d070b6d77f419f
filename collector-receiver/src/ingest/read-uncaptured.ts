import type { BusinessEvent, CountableEvent, CountedAttributes } from "../mapping/business-event.ts";
import type { CustomCounting } from "../metrics/custom-counting.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";

/**
 * The events with the attributes that a product's own metrics read. Mapping has captured those that this process
 * knew of at its start; if the definitions in the database are other ones (a receiver with a newer file has
 * started since), the rest is read from the event's data, so that every receiver counts the same.
 * @param captured attributes that mapping has put into `event.attributes`
 * @returns the same events, in the same order; the same array if nothing is missing
 */
export function readUncaptured(
  events: readonly BusinessEvent[],
  rules: ReadonlyMap<string, TenantRules>,
  captured: ReadonlySet<string>,
): readonly CountableEvent[] {
  const missing = new Map<string, CustomCounting>();
  for (const { tenantId, custom } of rules.values()) {
    if (custom === null) continue;
    if ([...custom.attributes].some((attribute) => !captured.has(attribute))) missing.set(tenantId, custom);
  }
  if (missing.size === 0) return events;
  return events.map((event) => {
    const custom = missing.get(event.tenantId);
    if (custom?.events.has(event.name) !== true) return event;
    return withAttributes(event, { ...pick(event.eventData, custom.attributes), ...event.attributes });
  });
}

function withAttributes(event: BusinessEvent, attributes: CountedAttributes): CountableEvent {
  const { tenantId, eventId, name, sessionId, agentId, ticketId, occurredAtMs, test, serviceName } = event;
  const kept = { tenantId, eventId, name, sessionId, agentId, ticketId, occurredAtMs, test, serviceName };
  return { ...kept, hasDerivedId: event.hasDerivedId, invalid: event.invalid, attributes };
}

function pick(eventData: Uint8Array, wanted: ReadonlySet<string>): CountedAttributes {
  const data = JSON.parse(Buffer.from(eventData).toString()) as Record<string, string | number | boolean>;
  return Object.fromEntries(Object.entries(data).filter(([name]) => wanted.has(name)));
}
