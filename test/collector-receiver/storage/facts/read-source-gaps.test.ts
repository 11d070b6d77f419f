import { afterAll, beforeAll, expect, test } from "vitest";
import { readSourceGaps } from "../../../../collector-receiver/src/storage/facts/read-source-gaps.ts";
import { createTestDatabase, type TestDatabase } from "../../../support/create-test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("numbers that sources gave out and that never arrived are summed by service, without what they say they dropped", async () => {
  await database.pool.query(`
    insert into analytics_sources (tenant_id, source_id, service_name, highest_seq, events_seen, drops_reported)
    select tenant_id, source_id, service_name, highest_seq, events_seen, drops_reported
    from (values ('default', 'a', 'chat', 10, 7, 1), ('brand-b', 'a', 'chat', 5, 4, 0), ('default', 'b', 'desk', 3, 3, 0),
      ('default', 'c', null, 2, 5, 0)) as source (tenant_id, source_id, service_name, highest_seq, events_seen, drops_reported)`);
  const gaps = [
    { service: "chat", missing: "3", dropped: "1" },
    { service: "", missing: "0", dropped: "0" },
    { service: "desk", missing: "0", dropped: "0" },
  ];
  expect(await readSourceGaps(database.pool, 5)).toEqual(gaps);
  expect(await readSourceGaps(database.pool, 1)).toEqual(gaps.slice(0, 1));
});
