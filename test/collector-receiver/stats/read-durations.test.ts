import { expect, test } from "vitest";
import { bucketsOfGroup } from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import { readDurations } from "../../../collector-receiver/src/stats/sql/read-durations.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { seedBucket } from "./seed-counters.ts";

test("buckets of a range are those of its days, each at its own place, of the tenant and the histograms asked for", async () => {
  const { pool } = await useTestDatabase();
  const last = bucketsOfGroup - 1;
  const seeded = [
    ["default", "2025-12-01", "response_time", 0, 3],
    ["default", "2025-12-02", "response_time", 0, 4],
    ["default", "2025-12-02", "response_time", last, 1],
    ["default", "2025-12-02", "response_time", last + 1, 2],
    ["default", "2025-12-03", "response_time", 100, 7],
    ["default", "2025-12-02", "handle_time", 100, 5],
    ["default", "2025-12-02", "order_query_time", 100, 9],
    ["other", "2025-12-02", "response_time", 0, 8],
  ] as const;
  for (const [tenant, day, metric, bucket, count] of seeded) await seedBucket(pool, tenant, day, metric, bucket, count);
  const ranges = [
    { startDate: "2025-12-01", endDate: "2025-12-02" },
    { startDate: "2025-12-02", endDate: "2025-12-03" },
    { startDate: "2024-01-01", endDate: "2024-12-31" },
  ];
  const read = await readDurations(pool, "default", ["response_time", "handle_time"], ranges);
  const sorted = read.map((histograms) =>
    Object.fromEntries(
      [...histograms].map(([metric, buckets]) => [
        metric,
        buckets.toSorted((a, b) => a.bucket - b.bucket).map(({ bucket, count }) => [bucket, count]),
      ]),
    ),
  );
  expect(sorted).toEqual([
    {
      response_time: [
        [0, 7],
        [last, 1],
        [last + 1, 2],
      ],
      handle_time: [[100, 5]],
    },
    {
      response_time: [
        [0, 4],
        [last, 1],
        [last + 1, 2],
        [100, 7],
      ],
      handle_time: [[100, 5]],
    },
    { response_time: [], handle_time: [] },
  ]);
});
