import { expect, onTestFinished, test } from "vitest";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { tellPeople } from "../../../collector-receiver/src/upkeep/tell-people.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { seedSettings } from "../stats/seed-counters.ts";
import { enqueue, startMs, webhook } from "./outbox.ts";

test("the messages of alerts are sent before a report is made, which takes seconds", async () => {
  const database = await useTestDatabase();
  await seedSettings(database.pool, "default", {});
  // Seen long ago and never sent: the last week is due.
  await database.pool.query(
    "insert into analytics_report_schedules (tenant_id, schedule, kind, first_seen_at) values ('default', 'weekly', 'week', '2020-01-01')",
  );
  const client = await openWriterConnection(database.connectionString);
  onTestFinished(() => client.end());
  const done: string[] = [];
  const telling = {
    alerts: {
      judge: async () => {
        await enqueue(database, ["2026-11-29 firing"]);
        done.push("judged");
      },
    },
    reports: {
      plan: {
        targets: [webhook("http://127.0.0.1:1")],
        reports: [{ name: "weekly", period: "week", cron: "0 9 * * 1", to: ["ops"], minGroupSize: 2 }],
      },
      locale: "en",
      log: { warn: () => {}, info: () => {} },
      prepare: () => {
        done.push("report");
        return Promise.reject(new Error("the thread ended"));
      },
    },
    send: () => void done.push("send"),
  } as const;
  await tellPeople(client, startMs, telling);
  expect(done).toEqual(["judged", "send", "report"]);
});
