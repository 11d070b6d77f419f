import { expect, onTestFinished, test } from "vitest";
import type { IngestOptions } from "../../../collector-receiver/src/ingest/group-commit.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { alarmCodes } from "../../../collector-receiver/src/ingest/alarm-codes.ts";
import { ReceiverMetrics } from "../../../collector-receiver/src/operating/receiver-metrics.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "./arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

function watchAlarms(connectionString: string, options: Partial<IngestOptions> = {}) {
  const alarms: string[] = [];
  const ingest = openTestIngest(connectionString, { onAlarm: (code) => alarms.push(code), ...options });
  onTestFinished(() => ingest.close());
  const submit = (event: BusinessEvent) => ingest.submit(requestOf([event]), 100).catch((error: unknown) => error);
  return { alarms, submit };
}

const start = () => makeEvent({ name: "session.start", sessionId: "s-1" });

/** An event that our own code stumbles over, with an error that has nothing of PostgreSQL's. */
function faulty(): BusinessEvent {
  return Object.defineProperty(start(), "attributes", {
    get() {
      throw new Error("a bug that mentions secrets");
    },
  });
}

test("a bug of ours is a fault with an alarm, and not the database's absence; the next batch is committed", async () => {
  const { connectionString } = await useTestDatabase();
  const { alarms, submit } = watchAlarms(connectionString);
  const refusal = await submit(faulty());
  expect(refusal).toMatchObject({ name: "UnavailableError", code: "internal_fault", retryAfterSeconds: 5 });
  expect((refusal as Error).message).not.toContain("secrets");
  expect(alarms).toEqual(["internal_fault"]);
  expect(await submit(start())).toMatchObject({ inserted: 1 });
});

test("a database that does not let us in raises an alarm; one that is away raises none", async () => {
  const { connectionString } = await useTestDatabase();
  const missing = new URL(connectionString);
  missing.pathname = "/no_such_database";
  const refused = watchAlarms(missing.href);
  expect(await refused.submit(start())).toMatchObject({ name: "UnavailableError", code: "database_login_refused" });
  expect(refused.alarms).toEqual(["database_login_refused"]);

  const away = watchAlarms("postgresql://somebody:secret@127.0.0.1:1/analytics");
  expect(await away.submit(start())).toMatchObject({ name: "UnavailableError", code: "database_unavailable" });
  expect(away.alarms).toEqual([]);
});

test("a connection whose statements went stale is replaced", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const { alarms, submit } = watchAlarms(connectionString, { writers: 1 });
  expect(await submit(start())).toMatchObject({ inserted: 1 });
  await pool.query("alter table analytics_event_counts rename column events to gone");
  expect(await submit(start())).toMatchObject({ code: "counter_error" });
  const pids = async () =>
    (
      await pool.query(
        "select pid from pg_stat_activity where application_name = 'spanledger-writer' and datname = current_database()",
      )
    ).rows;
  const before = await pids();
  await pool.query("alter table analytics_event_counts rename column gone to events");
  expect(await submit(start())).toMatchObject({ inserted: 1 });
  expect(await pids()).not.toEqual(before);
  expect(alarms).toEqual(["counter_error"]);
});

test("every alarm code stands in /metrics at 0 before its first alarm", async () => {
  const metrics = new ReceiverMetrics(() => ({ bytes: 0, requests: 0 }), 1);
  const series = async () =>
    (await metrics.registry.metrics())
      .split("\n")
      .filter((line) => line.startsWith("spanledger_alarms_total{"))
      .toSorted();
  const codes = Object.keys(alarmCodes).toSorted();
  expect(await series()).toEqual(codes.map((code) => `spanledger_alarms_total{kind="${code}"} 0`));
  metrics.countAlarm("internal_fault");
  expect(await series()).toContain('spanledger_alarms_total{kind="internal_fault"} 1');
});
