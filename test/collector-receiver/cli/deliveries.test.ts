import { expect, test } from "vitest";
import { seedSettings } from "../stats/seed-counters.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { enqueue, openSender, openSink, startMs, statesIn, webhook } from "../deliveries/outbox.ts";
import { spanledger } from "./run-cli.ts";

test("deliveries are listed with state and last error, and sent again on demand", async () => {
  const database = await useTestDatabase();
  await seedSettings(database.pool, "default");
  const run = (...words: string[]) => spanledger({ DATABASE_URL: database.connectionString }, "deliveries", ...words);
  expect((await run()).stdout).toBe("No messages are stored.\n");
  await enqueue(database, ["2026-11-29 firing", "2026-11-30 resolved"]);
  let status = 400;
  const sink = await openSink(({ body }) => ({ status: body.includes("11-29 firing") ? status : 200 }));
  // The command's clock is PostgreSQL's.
  const sender = openSender(database, () => Date.now() + 1000, [webhook(sink.url)]);
  await sender.send();
  const { deliveries } = JSON.parse((await run("--json")).stdout);
  expect(deliveries).toHaveLength(2);
  expect(deliveries.find(({ period }: { period: string }) => period.includes("29"))).toMatchObject({
    tenantId: "default",
    kind: "alert",
    rule: "rule-2026-11-29 firing",
    target: "ops",
    title: "2026-11-29 firing",
    state: "given_up",
    attempts: 1,
    createdAt: new Date(startMs).toISOString().replace(".000", ""),
    nextAttemptAt: null,
    sentAt: null,
    lastError: "The target answered 400.",
  });
  const listed = (await run("--state", "given_up")).stdout;
  expect(listed).toContain("to ops  given_up (1 attempt, ");
  expect(listed).toContain("The target answered 400.");
  expect(listed).not.toContain("2026-11-30 resolved");

  status = 200;
  expect(await run("retry")).toMatchObject({ code: 0, stdout: expect.stringContaining("is sent again") });
  expect(await run("retry")).toMatchObject({ code: 1, stdout: expect.stringContaining("No such message") });
  await sender.send();
  expect(await statesIn(database)).toEqual(["sent", "sent"]);
  const { rows } = await database.pool.query("select tenant_id from analytics_audit where action = 'deliveries'");
  expect(rows).toEqual([{ tenant_id: "default" }]);
});
