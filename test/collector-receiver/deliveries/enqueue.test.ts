import { expect, onTestFinished, test } from "vitest";
import {
  deliveryIdOf,
  enqueueDeliveries,
} from "../../../collector-receiver/src/storage/deliveries/enqueue-deliveries.ts";
import { forgetDeliveries } from "../../../collector-receiver/src/storage/deliveries/forget-deliveries.ts";
import { inTransaction } from "../../../collector-receiver/src/storage/wire/in-transaction.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";

const decided = {
  tenantId: "default",
  kind: "alert",
  rule: "resolution",
  period: "2026-12-01 firing",
  targets: ["ops", "ops", "boss"],
  message: { title: "first" },
} as const;

test("what is decided twice is one message for each target, with the delivery's id as its key", async () => {
  const { pool, connectionString } = await useTestDatabase();
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  expect(await inTransaction(client, {}, () => enqueueDeliveries(client, decided))).toBe(2);
  expect(await enqueueDeliveries(client, { ...decided, message: { title: "again" } })).toBe(0);
  const { rows } = await pool.query("select target, delivery_id, message from analytics_deliveries order by target");
  expect(rows).toEqual(
    ["boss", "ops"].map((target) => {
      const id = deliveryIdOf(decided, target);
      return { target, delivery_id: id, message: { title: "first", key: id } };
    }),
  );
});

test("a delivery's id differs by tenant, kind, rule, period and target, and is a UUID of version 5", () => {
  const ids = [
    deliveryIdOf(decided, "ops"),
    deliveryIdOf({ ...decided, tenantId: "other" }, "ops"),
    deliveryIdOf({ ...decided, kind: "report" }, "ops"),
    deliveryIdOf({ ...decided, rule: "res", period: 'olution","2026-12-01 firing' }, "ops"),
    deliveryIdOf({ ...decided, rule: "other" }, "ops"),
    deliveryIdOf({ ...decided, period: "2026-12-01 resolved" }, "ops"),
    deliveryIdOf(decided, "boss"),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(deliveryIdOf(decided, "ops")).toBe(ids[0]);
});

test("a message is not written if the transaction that decides on it fails", async () => {
  const { pool, connectionString } = await useTestDatabase();
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  const failed = inTransaction(client, {}, async () => {
    await enqueueDeliveries(client, decided);
    throw new Error("the evaluation failed");
  });
  await expect(failed).rejects.toThrow("the evaluation failed");
  expect((await pool.query("select from analytics_deliveries")).rowCount).toBe(0);
});

test("messages that were sent or given up more than 90 days ago are deleted, and no others", async () => {
  const { pool, connectionString } = await useTestDatabase();
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  const nowMs = Date.UTC(2026, 11, 1);
  const ages = [89, 91].flatMap((days) => ["sent", "given_up", "waiting"].map((state) => ({ days, state })));
  for (const { days, state } of ages) {
    const rule = `${state} ${days}`;
    await enqueueDeliveries(client, { ...decided, rule, targets: ["ops"], nowMs: nowMs - days * 86_400_000 });
    await pool.query("update analytics_deliveries set state = $1 where rule = $2", [state, rule]);
  }
  expect(await forgetDeliveries(client, nowMs)).toBe(2);
  const { rows } = await pool.query("select rule from analytics_deliveries order by rule");
  expect(rows.map(({ rule }) => rule)).toEqual(["given_up 89", "sent 89", "waiting 89", "waiting 91"]);
});
