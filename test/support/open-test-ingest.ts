import { afterAll, beforeAll } from "vitest";
import { GroupCommit } from "../../collector-receiver/src/ingest/group-commit.ts";
import type { IngestOptions } from "../../collector-receiver/src/ingest/group-commit.ts";
import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { makeBusinessEvent } from "./make-business-event.ts";
import type { EventFields } from "./make-business-event.ts";
import { createTestDatabase } from "./create-test-database.ts";
import type { TestDatabase } from "./create-test-database.ts";
import { uuidV7 } from "./uuid-v7.ts";

export const testTenantDefaults = {
  timezone: "Asia/Shanghai",
  currency: "CNY",
  idleTimeoutSeconds: 86_400,
  costPerManualSession: "10",
};

/** An ingest on a database, with settings that tests expect; the caller closes it. */
export function openTestIngest(connectionString: string, options: Partial<IngestOptions> = {}): GroupCommit {
  return new GroupCommit({
    connectionString,
    tenantDefaults: testTenantDefaults,
    writers: 2,
    maxQueueBytes: 1e8,
    batchMaxEvents: 5000,
    onAlarm: () => {},
    ...options,
  });
}

/** A database of its own and an ingest on it. */
export interface TestIngest {
  readonly database: TestDatabase;
  readonly ingest: GroupCommit;
}

/**
 * A database and an ingest that all tests of a file or a `describe` share. They are opened before the first test, so read
 * the properties inside tests only.
 */
export function shareTestIngest(options: Partial<IngestOptions> = {}): TestIngest {
  const shared: { database?: TestDatabase; ingest?: GroupCommit } = {};
  beforeAll(async () => {
    shared.database = await createTestDatabase();
    shared.ingest = openTestIngest(shared.database.connectionString, options);
  });
  afterAll(async () => {
    await shared.ingest?.close();
    await shared.database?.drop();
  });
  return shared as TestIngest;
}

let made = 0;

/** A valid event; each call has an id of its own, which holds the event's time. */
export function makeEvent(event: Partial<EventFields> & { readonly name: string }): BusinessEvent {
  const attributes = event.attributes ?? {};
  const occurredAtMs = event.occurredAtMs ?? Date.UTC(2025, 11, 25, 4);
  return makeBusinessEvent({
    tenantId: "default",
    eventId: uuidV7(occurredAtMs, ++made),
    sessionId: null,
    agentId: null,
    ticketId: null,
    occurredAtMs,
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
