import { createIngest } from "../../../collector-receiver/src/ingest/create-ingest.ts";
import type { IngestOptions, RunningIngest } from "../../../collector-receiver/src/ingest/create-ingest.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { makeBusinessEvent } from "../../support/make-business-event.ts";
import type { EventFields } from "../../support/make-business-event.ts";

export const testTenantDefaults = {
  timezone: "Asia/Shanghai",
  currency: "CNY",
  idleTimeoutSeconds: 86_400,
  costPerManualSession: "10",
};

export function openTestIngest(connectionString: string, options: Partial<IngestOptions> = {}): RunningIngest {
  return createIngest({
    connectionString,
    tenantDefaults: testTenantDefaults,
    writers: 2,
    maxQueueBytes: 1e8,
    batchMaxEvents: 5000,
    onAlarm: () => {},
    ...options,
  });
}

let made = 0;

/** A valid event; each call has an id of its own. */
export function makeEvent(event: Partial<EventFields> & { readonly name: string }): BusinessEvent {
  const attributes = event.attributes ?? {};
  return makeBusinessEvent({
    tenantId: "default",
    eventId: `018f0000-0000-7000-8000-${String(++made).padStart(12, "0")}`,
    sessionId: null,
    agentId: null,
    ticketId: null,
    occurredAtMs: Date.UTC(2025, 11, 25, 4),
    test: false,
    attributes,
    eventData: new TextEncoder().encode(JSON.stringify(attributes)),
    traceId: null,
    spanId: null,
    serviceName: null,
    source: null,
    ...event,
  });
}
