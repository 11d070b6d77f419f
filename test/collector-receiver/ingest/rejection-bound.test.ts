import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { maxKeptBytesPerDay } from "../../../collector-receiver/src/ingest/keep-rejections.ts";
import type { MappedRequest, RejectedEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { describeRejections } from "../../../collector-receiver/src/receiving/describe-rejections.ts";
import { openTestIngest, shareTestIngest } from "../../support/open-test-ingest.ts";

const world = shareTestIngest();
const MiB = 1024 * 1024;

function badEvent(tenantId: string, bytes: number, sourceSeq: number): RejectedEvent {
  const payload = randomBytes(bytes);
  return {
    tenantId,
    code: "wrong_type",
    reason: "channel is not a text",
    eventName: "session.start",
    occurredAtMs: null,
    payload,
    payloadType: "application/x-protobuf",
    signal: "logs",
    contentHash: createHash("sha256").update(payload).digest(),
    source: { sourceId: `source-of-${tenantId}`, seq: sourceSeq },
  };
}

const requestOf = (rejected: RejectedEvent[]): MappedRequest => ({
  events: [],
  rejected,
  sourceReports: [],
  rejectedCarriers: rejected.length,
  ignored: 0,
});

const read = async (tenantId: string) => {
  const { rows } = await world.database.pool.query(
    `select
       (select count(*)::int from analytics_rejected_events where tenant_id = $1) as rows,
       (select coalesce(sum(octet_length(payload)), 0)::float8 from analytics_rejected_events where tenant_id = $1) as bytes,
       kept_events::int as kept, kept_bytes::float8 as kept_bytes, unkept_events::int as unkept,
       (select events_seen::int from analytics_sources where tenant_id = $1) as seen
     from analytics_rejection_days where tenant_id = $1`,
    [tenantId],
  );
  return rows[0];
};

test("a flood of bad events is counted whole and kept to the tenant's bound, and another tenant has its own", async () => {
  const flood = Array.from({ length: 20 }, (_, i) => badEvent("flood", 4 * MiB, i + 1));
  const answers = [];
  for (let i = 0; i < flood.length; i += 5) {
    answers.push(await world.ingest.submit(requestOf(flood.slice(i, i + 5)), 100));
  }
  expect(answers.map(({ unkept = 0 }) => unkept)).toEqual([0, 0, 0, 5]);
  const stored = await read("flood");
  expect(stored).toMatchObject({ rows: 15, kept: 15, unkept: 5, seen: 20 });
  expect(stored.kept_bytes).toBeLessThanOrEqual(maxKeptBytesPerDay);
  expect(stored.bytes).toBe(60 * MiB);
  // The next event that fits is kept: a small one is not lost because a large one did not fit.
  expect((await world.ingest.submit(requestOf([badEvent("flood", 1000, 21)]), 100)).unkept).toBeUndefined();
  expect(await read("flood")).toMatchObject({ rows: 16, unkept: 5 });

  expect((await world.ingest.submit(requestOf([badEvent("quiet", 1000, 1)]), 100)).unkept).toBeUndefined();
  expect(await read("quiet")).toMatchObject({ rows: 1, kept: 1, unkept: 0 });
  // Tomorrow is another day.
  await world.database.pool.query("update analytics_rejection_days set day = day - 1 where tenant_id = 'flood'");
  expect((await world.ingest.submit(requestOf([badEvent("flood", 4 * MiB, 22)]), 100)).unkept).toBeUndefined();
});

test("an event that is sent again takes nothing from the bound", async () => {
  const event = badEvent("again", MiB, 1);
  for (let i = 0; i < 3; i++) await world.ingest.submit(requestOf([event]), 100);
  expect(await read("again")).toMatchObject({ rows: 1, kept: 1, unkept: 0 });
});

test("two receivers together go over the bound by a batch at most", async () => {
  const other = openTestIngest(world.database.connectionString);
  try {
    await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        (i % 2 === 0 ? world.ingest : other).submit(requestOf([badEvent("both", 4 * MiB, i + 1)]), 100),
      ),
    );
  } finally {
    await other.close();
  }
  const { rows, kept, unkept } = await read("both");
  expect(kept + unkept).toBe(24);
  expect(rows).toBe(kept);
  expect(kept).toBeGreaterThanOrEqual(15);
});

test("the answer says how many were not kept, before anything that may be cut", () => {
  const quotedRejections = Array.from({ length: 30 }, () => ({
    reason: "channel is not a text",
    eventName: "session.start",
  }));
  expect(describeRejections({ quotedRejections, quotedRefusals: [], unkept: 7 })).toMatch(
    /^7 rejected events are counted and not kept/,
  );
  expect(describeRejections({ quotedRejections, quotedRefusals: [], unkept: 0 })).toMatch(
    /^session\.start: channel is not a text/,
  );
});
