import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { addDays, createBusinessCalendar } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { readAgentTime, withoutDays } from "../../../collector-receiver/src/stats/sql/read-agent-time.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { changeSettings } from "../../../collector-receiver/src/upkeep/change-settings.ts";
import { keepAgentDays } from "../../../collector-receiver/src/upkeep/keep-agent-days.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { timeFromScratch } from "../stats/presence-from-scratch.ts";
import type { Standing } from "../stats/presence-from-scratch.ts";
import { seedSettings } from "../stats/seed-counters.ts";

const world = shareTestIngest();
const hour = 3_600_000;
const heartbeat = 4 * hour;
const firstDay = "2025-11-01";
const days = 6;
let tenants = 0;

async function openClient() {
  const client = await openWriterConnection(world.database.connectionString);
  onTestFinished(() => client.end());
  return client;
}

async function openTenant(timezone: string, idleThroughMs: number): Promise<string> {
  const tenantId = `kept-${++tenants}`;
  await seedSettings(world.database.pool, tenantId, { timezone, idleThrough: new Date(idleThroughMs).toISOString() });
  return tenantId;
}

const submit = (events: readonly BusinessEvent[]) => world.ingest.submit(requestOf([...events]), 1000);

const storedDays = async (tenantId: string): Promise<string[]> => {
  const { rows } = await world.database.pool.query<{ day: string }>(
    "select to_char(day, 'YYYY-MM-DD') as day from analytics_presence_days where tenant_id = $1 and kept order by day",
    [tenantId],
  );
  return rows.map((row) => row.day);
};

const holds = {
  online: ({ state }: Standing) => state === "online",
  away: ({ state }: Standing) => state === "away",
  busy: ({ state }: Standing) => state === "busy",
  occupied: ({ isOccupied }: Standing) => isOccupied,
};

/** What the API says of a range, by agent and state, and what the definition says. */
async function compareTime(
  tenantId: string,
  events: readonly BusinessEvent[],
  range: { readonly fromMs: number; readonly toMs: number },
) {
  const rows = await readAgentTime(world.database.pool, tenantId, heartbeat / 1000, [range]);
  const [told, expected]: Record<string, number>[] = [{}, {}];
  for (const { agentId, state, ms } of rows) told![`${agentId} ${state}`] = (told![`${agentId} ${state}`] ?? 0) + ms;
  for (const agent of [1, 2]) {
    for (const [state, holdsOf] of Object.entries(holds)) {
      const ms = timeFromScratch(events, agent, heartbeat, range, holdsOf);
      if (ms > 0) expected![`${agent} ${state}`] = ms;
    }
  }
  expect(told).toEqual(expected);
}

const draft = fc.record({
  agent: fc.integer({ min: 1, max: 2 }),
  name: fc.constantFrom(
    "agent.login",
    "agent.login",
    "agent.logout",
    "agent.status_change",
    "agent.session_message",
    "agent.session_takeover",
    "agent.session_takeover",
    "agent.session_release",
    "ticket.closed",
    "session.end",
  ),
  status: fc.constantFrom("online", "away", "busy", "offline"),
  session: fc.constantFrom("a", "b"),
  login: fc.constantFrom(undefined, undefined, "desk"),
  // Around the bounds of the days.
  bound: fc.integer({ min: 0, max: days }),
  offset: fc.oneof(
    fc.integer({ min: -12 * hour, max: 12 * hour }),
    fc.constantFrom(-hour, -1, 0, 1, heartbeat, heartbeat - 1),
  ),
  isLate: fc.boolean(),
});

test.each(["Asia/Shanghai", "America/New_York"])(
  "agents' time in %s is what the definition says, whichever days are kept and whatever comes late",
  async (timezone) => {
    const calendar = createBusinessCalendar(timezone);
    const startOf = (place: number): number => calendar.startOfDay(addDays(firstDay, place));
    const client = await openClient();
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(draft, { minLength: 4, maxLength: 24, size: "max" }),
        fc.array(fc.integer({ min: 1, max: days + 3 }), { minLength: 1, maxLength: 2 }),
        async (drafts, looks) => {
          const tenantId = await openTenant(timezone, startOf(0));
          const events = drafts.map(({ agent, name, status, session, login, bound, offset }) =>
            makeEvent({
              tenantId,
              name,
              agentId: name === "session.end" ? null : agent,
              sessionId: /session/.test(name) ? session : null,
              ticketId: name === "ticket.closed" ? 1 : null,
              occurredAtMs: startOf(bound) + offset,
              attributes: {
                agent_id: agent,
                ...(name === "agent.status_change" ? { to_status: status } : {}),
                ...(login === undefined || /session|ticket/.test(name) ? {} : { login_id: login }),
              },
            }),
          );
          const [late, early] = [true, false].map((isLate) => events.filter((_, i) => drafts[i]?.isLate === isLate));
          if (early!.length > 0) await submit(early!);
          const range = { fromMs: startOf(0) - 3 * hour, toMs: startOf(days) };
          for (const through of looks) {
            for await (const _ of sweepIdleSessions(client, tenantId, startOf(through))) continue;
            while ((await keepAgentDays(client, tenantId)).length > 0) continue;
            kept += (await storedDays(tenantId)).length;
            await compareTime(tenantId, early!, range);
            expect(await verifyTenant(world.database.connectionString, tenantId)).toMatchObject({ drifts: 0 });
          }
          for (const event of late!) await submit([event]);
          await compareTime(tenantId, events, range);
          expect(await verifyTenant(world.database.connectionString, tenantId)).toMatchObject({ firstDrifts: [] });
          while ((await keepAgentDays(client, tenantId)).length > 0) continue;
          await compareTime(tenantId, events, range);
        },
      ),
      { numRuns: propertyRuns(12) },
    );
    expect(kept).toBeGreaterThan(0);
  },
  300_000,
);

const calendar = createBusinessCalendar("Asia/Shanghai");
const at = (text: string): number => Date.parse(`${text}+08:00`);
const shift = (tenantId: string, date: string, agentId = 7): BusinessEvent[] => [
  makeEvent({ tenantId, name: "agent.login", agentId, occurredAtMs: at(`${date}T09:00:00`), attributes: {} }),
  makeEvent({ tenantId, name: "agent.logout", agentId, occurredAtMs: at(`${date}T12:00:00`), attributes: {} }),
];

/** A tenant with an agent on two days that are kept. */
async function openKept() {
  const client = await openClient();
  const tenantId = await openTenant("Asia/Shanghai", at("2025-11-20T00:00:00"));
  await submit([...shift(tenantId, "2025-11-03"), ...shift(tenantId, "2025-11-04")]);
  expect(await keepAgentDays(client, tenantId)).toHaveLength(10);
  while ((await keepAgentDays(client, tenantId)).length > 0) continue;
  expect((await storedDays(tenantId)).slice(0, 2)).toEqual(["2025-11-03", "2025-11-04"]);
  return { client, tenantId };
}

const onlineMs = async (tenantId: string): Promise<number> => {
  const range = { fromMs: calendar.startOfDay("2025-11-01"), toMs: calendar.startOfDay("2025-12-01") };
  const rows = await readAgentTime(world.database.pool, tenantId, heartbeat / 1000, [range]);
  return rows.reduce((sum, { state, ms }) => (state === "online" ? sum + ms : sum), 0);
};

test("a day is kept when its events can no longer change it, a late event makes it void, and what it does not touch stays", async () => {
  const { client, tenantId } = await openKept();
  // Closed a day, a heartbeat and an hour after its end.
  expect((await storedDays(tenantId)).at(-1)).toBe("2025-11-17");
  expect(await onlineMs(tenantId)).toBe(6 * hour);
  // In time: an hour before the watermark, and later.
  await submit([
    makeEvent({ tenantId, name: "agent.login", agentId: 8, occurredAtMs: at("2025-11-19T23:00:00"), attributes: {} }),
  ]);
  expect((await storedDays(tenantId)).at(-1)).toBe("2025-11-17");
  await submit(shift(tenantId, "2025-11-10", 8));
  expect((await storedDays(tenantId)).at(-1)).toBe("2025-11-08");
  expect(await onlineMs(tenantId)).toBe(9 * hour + 4 * hour);
  while ((await keepAgentDays(client, tenantId)).length > 0) continue;
  expect((await storedDays(tenantId)).at(-1)).toBe("2025-11-17");
  expect(await onlineMs(tenantId)).toBe(9 * hour + 4 * hour);
});

test("a late end of a session that an agent holds makes the days void on which it was held", async () => {
  const { client, tenantId } = await openKept();
  const about = { tenantId, sessionId: "s-1" };
  await submit([
    makeEvent({ ...about, name: "agent.session_takeover", agentId: 7, occurredAtMs: at("2025-11-04T10:00:00") }),
    makeEvent({ ...about, name: "agent.session_message", agentId: 7, occurredAtMs: at("2025-11-04T11:30:00") }),
  ]);
  while ((await keepAgentDays(client, tenantId)).length > 0) continue;
  const range = { fromMs: at("2025-11-04T00:00:00"), toMs: at("2025-11-05T00:00:00") };
  const occupiedMs = async (): Promise<number> => {
    const rows = await readAgentTime(world.database.pool, tenantId, heartbeat / 1000, [range]);
    return rows.reduce((sum, { state, ms }) => (state === "occupied" ? sum + ms : sum), 0);
  };
  expect(await occupiedMs()).toBe(1.5 * hour);
  await submit([makeEvent({ ...about, name: "session.end", occurredAtMs: at("2025-11-04T10:30:00") })]);
  expect(await occupiedMs()).toBe(0.5 * hour);
});

test("verify names a kept value that its events do not give, and a rebuild or another heartbeat keeps nothing", async () => {
  const { client, tenantId } = await openKept();
  const { connectionString, pool } = world.database;
  await pool.query("update analytics_agent_days set online_ms = online_ms + 1 where tenant_id = $1 and day = $2", [
    tenantId,
    "2025-11-04",
  ]);
  expect(await verifyTenant(connectionString, tenantId)).toMatchObject({
    drifts: 1,
    firstDrifts: [
      {
        table: "analytics_agent_days",
        row: "2025-11-04 7",
        column: "online_ms",
        stored: "10800001",
        expected: "10800000",
      },
    ],
  });
  await rebuildTenant(connectionString, tenantId);
  expect(await storedDays(tenantId)).toEqual([]);
  while ((await keepAgentDays(client, tenantId)).length > 0) continue;
  expect(await verifyTenant(connectionString, tenantId)).toMatchObject({ drifts: 0 });
  await changeSettings(client, tenantId, { agentHeartbeatSeconds: 7200 });
  expect(await storedDays(tenantId)).toEqual([]);
});

test("an event that is stored while a day is judged leaves it open", async () => {
  const client = await openClient();
  const tenantId = await openTenant("Asia/Shanghai", at("2025-11-20T00:00:00"));
  await submit(shift(tenantId, "2025-11-04"));
  const query = client.query.bind(client);
  const slow = Object.assign(Object.create(client) as typeof client, {
    query: async (...args: Parameters<typeof query>) => {
      const isJudgement = JSON.stringify(args[0]).includes("judge-agent-days");
      if (isJudgement) await submit(shift(tenantId, "2025-11-04", 8));
      return query(...args);
    },
  });
  const [first] = await keepAgentDays(slow, tenantId);
  expect(await storedDays(tenantId)).not.toContain("2025-11-17");
  expect(first).toBe("2025-11-08");
  expect(await onlineMs(tenantId)).toBe(6 * hour);
});

test.each([
  ["nothing kept", [], [[0, 30]]],
  [
    "a day inside",
    [[10, 20]],
    [
      [0, 10],
      [20, 30],
    ],
  ],
  [
    "days side by side, in any order",
    [
      [20, 30],
      [0, 10],
      [10, 20],
    ],
    [],
  ],
  ["a day that reaches beyond it", [[-5, 5]], [[0, 30]]],
])("what is left of a range: %s", (_, kept, left) => {
  const rangesOf = (pairs: readonly (readonly number[])[]) =>
    pairs.map(([fromMs, toMs]) => ({ fromMs: fromMs as number, toMs: toMs as number }));
  expect(withoutDays({ fromMs: 0, toMs: 30 }, rangesOf(kept))).toEqual(rangesOf(left));
});
