import { expect, test } from "vitest";
import { AlertWatch } from "../../../collector-receiver/src/upkeep/watch-alerts.ts";
import { seedSettings } from "../stats/seed-counters.ts";
import { seedEvents } from "../stats/seed-events.ts";
import { openAlerts, targets } from "./judged.ts";

const nowMs = Date.parse("2026-03-03T12:00:00Z");
const minuteMs = 60_000;

test("a tenant whose alerts cannot be judged keeps no other one waiting, and is alarmed of once", async () => {
  const { pool, client, day, goal, told } = await openAlerts({
    resolution: { kind: "goal", metric: "ai_resolution_rate", days: 1, minConversations: 30, to: [] },
  });
  await goal("ai_resolution_rate", ">=", 85);
  await day("2026-03-02", 100, 70);
  // Its turn comes first. A later version may have stored a kind that this one does not know.
  await seedSettings(pool, "a-brand", {});
  await pool.query(
    `insert into analytics_alerts (tenant_id, rule, definition) values ('a-brand', 'tide', '{"kind":"tide","to":[]}')`,
  );
  const alarms: string[] = [];
  const watch = new AlertWatch({
    targets,
    locale: "en",
    publicUrl: undefined,
    onAlarm: (code, message) => void alarms.push(`${code}: ${message}`),
  });
  await watch.judge(client, nowMs);
  await watch.judge(client, nowMs + minuteMs);
  expect(await told()).toEqual(["resolution 2026-03-02 firing"]);
  expect(alarms).toEqual([expect.stringContaining('upkeep_failed: the alerts of "a-brand" cannot be judged now: ')]);

  // Once it can be judged, the next failure is told again.
  await pool.query(
    `update analytics_alerts set definition = '{"kind":"silence","minutes":60,"to":[]}' where rule = 'tide'`,
  );
  await watch.judge(client, nowMs + 2 * minuteMs);
  await pool.query(`update analytics_alerts set definition = '{"kind":"tide","to":[]}' where rule = 'tide'`);
  await watch.judge(client, nowMs + 3 * minuteMs);
  expect(alarms).toHaveLength(2);
});

test("if the connection is lost, the round ends, and no tenant is blamed", async () => {
  const { pool, client } = await openAlerts({ silent: { kind: "silence", minutes: 60, to: [] } });
  const alarms: string[] = [];
  const watch = new AlertWatch({
    targets,
    locale: "en",
    publicUrl: undefined,
    onAlarm: (code) => void alarms.push(code),
  });
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const query = client.query.bind(client);
  // Lost while the alerts of a tenant are read.
  client.query = (async (asked: { readonly text?: string }) => {
    if (asked.text?.includes("for update") === true) {
      await pool.query("select pg_terminate_backend($1, 10000)", [rows[0]?.pid]);
    }
    return query(asked as never);
  }) as never;
  await expect(watch.judge(client, nowMs)).rejects.toThrow();
  expect(alarms).toEqual([]);
});

test("after a start and after an outage, what senders have kept is waited for before silence is told", async () => {
  const { pool, client, told } = await openAlerts({ silent: { kind: "silence", minutes: 60, to: [] } });
  const event = (minute: number) =>
    seedEvents(pool, [
      {
        tenantId: "default",
        sessionId: `s${minute}`,
        name: "session.start",
        at: new Date(nowMs + minute * minuteMs).toISOString(),
      },
    ]);
  const watch = new AlertWatch({ targets, locale: "en", publicUrl: undefined, onAlarm: () => expect.unreachable() });
  const look = (minute: number) => watch.judge(client, nowMs + minute * minuteMs);
  await event(-90);
  await look(0);
  await look(4);
  await event(3);
  for (const minute of [8, 12, 16, 20]) await look(minute);
  // PostgreSQL was away for two hours.
  await look(140);
  await look(144);
  await event(143);
  await look(148);
  expect(await told()).toEqual([]);
  for (let minute = 152; minute <= 208; minute += 4) await look(minute);
  const at = (minute: number): string => new Date(nowMs + minute * minuteMs).toISOString();
  expect(await told()).toEqual([`silent ${at(143)} firing`]);
  // Rounds that are always slow see silence too.
  await event(210);
  for (const minute of [220, 240, 260, 280, 300]) await look(minute);
  expect((await told()).slice(1).toSorted()).toEqual(
    [`silent ${at(143)} resolved`, `silent ${at(210)} firing`].toSorted(),
  );
});
